// SPDX-License-Identifier: Apache-2.0
import Foundation
import MigrationModel

extension Failure {
    /// A failure as the ledger keeps it; nil for none, and for one that a later version of the program wrote: the state
    /// beside it still says that something failed.
    init?(kept text: String?) {
        guard let text else { return nil }
        let failure = try? JSONDecoder().decode(Failure.self, from: Data(text.utf8))  // a later version's: see above
        guard let failure else { return nil }
        self = failure
    }
}

extension OperatorCommand {
    /// A command as the ledger keeps it; nil for one that a later version of the program wrote: it is refused in words.
    init?(kept text: String) {
        let command = try? JSONDecoder().decode(OperatorCommand.self, from: Data(text.utf8))  // see above
        guard let command else { return nil }
        self = command
    }
}
