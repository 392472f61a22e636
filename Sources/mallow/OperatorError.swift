// SPDX-License-Identifier: Apache-2.0
import Deployment

/// Something in the arguments that an operator can put right: exit code 2.
protocol OperatorError: Error {}

extension InvalidEndpoint: OperatorError {}
extension InvalidSandbox: OperatorError {}
extension NoRehearsal: OperatorError {}
extension NotRehearsed: OperatorError {}

/// What is wrong with the arguments, in one sentence that says what to write instead.
struct UsageError: OperatorError, CustomStringConvertible {
    let description: String

    init(_ description: String) { self.description = description }
}
