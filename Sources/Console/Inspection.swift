// SPDX-License-Identifier: Apache-2.0
package import Foundation
package import Ledger
package import MigrationModel

/// What a console asks of the stores, which it never touches itself.
package struct InspectionRequest: Sendable, Hashable {
    package let video: VideoReference
    /// The transcript whose texts are wanted too; nil for none.
    package let language: LanguageCode?

    package init(video: VideoReference, language: LanguageCode? = nil) {
        self.video = video
        self.language = language
    }
}

/// What became of it.
package enum Inspection: Sendable, Hashable {
    case reading
    case seen(InspectedVideo, at: Date)
    case failed(String)
}

/// What stands in a run's way, as far as it is known.
package enum Preflight: Sendable, Hashable {
    case proving
    case proven([PreflightCheck], at: Date)
    case failed(String)
}

/// Which look an answer belongs to: one that was asked for something that is closed by now, or asked anew, is dropped.
package struct LookID: Sendable, Hashable {
    private var number = 0

    package init() {}

    /// One that was never given before.
    mutating func next() -> LookID {
        number += 1
        return self
    }
}

/// Looks into the stores on a console's behalf, in a process of its own. Each call is bounded in time.
package protocol Onlooker: Sendable {
    /// Reads what the stores have of a video now. Writes nothing.
    ///
    /// - Throws: ``Failure`` when it cannot be read.
    func inspect(_ request: InspectionRequest) async throws -> InspectedVideo

    /// Proves everything that a run needs.
    ///
    /// - Throws: ``Failure`` when nothing could be proven at all.
    func prove(_ request: LaunchRequest) async throws -> [PreflightCheck]
}
