// SPDX-License-Identifier: Apache-2.0
package import Canvas
package import Foundation
package import Ledger
package import MigrationModel

/// What changes a console's model.
package enum Event: Sendable {
    case terminal(TerminalEvent)
    /// The ledger was read.
    case view(LedgerView)
    /// The ledger could not be read.
    case unreadable(Failure, at: Date)
    /// A second has passed, or a little less.
    case tick(Date)
    /// Something this console was asked to do is done, or refused.
    case done(Notice)
    /// A program that this console started has ended.
    case ended(EngineEnd)
    /// What the stores have of a video was read, or could not be.
    case inspected(LookID, Inspection)
    /// What stands in a run's way was looked for.
    case proven(LookID, Preflight)
}

/// What a console wants done. The model never does anything itself.
package enum Effect: Sendable, Hashable {
    case launch(LaunchRequest)
    case submit(OperatorCommand)
    case hold([CourseKey], Bool)
    case waive([Waiver])
    /// Takes waivers back.
    case withdraw([Waiver])
    /// Has the stores looked into by somebody who may.
    case inspect(InspectionRequest, LookID)
    /// Has everything proven that a run needs.
    case prove(LookID, LaunchRequest)
    /// Writes the log into a file, as far as a filter lets it through.
    case exportLog(String)
    case copy(String)
    case redraw
    case suspend
    case mouse(Bool)
    case keepTheme(String)
    case bell
    /// Leave; the engine goes on.
    case detach
}

/// A program that is to be started in the background.
package struct LaunchRequest: Sendable, Hashable {
    package enum Work: Sendable, Hashable {
        /// Lists the source's courses; moves nothing.
        case list
        case courses([CourseKey])
    }

    package let work: Work
    /// How many videos may be in flight at once; nil for as many as by default.
    package let concurrency: Int?
    /// Further options of the run.
    package let choices: [String]
    /// Why it may begin before it was rehearsed; nil where nobody has to say.
    package let withoutRehearsals: String?

    package init(
        work: Work, concurrency: Int? = nil, choices: [String] = [], withoutRehearsals: String? = nil
    ) {
        self.withoutRehearsals = withoutRehearsals
        self.work = work
        self.concurrency = concurrency
        self.choices = choices
    }

    static let noWriteBack = "--no-write-back"

    /// Whether new ids are written into courses, where that can be done.
    var writesBack: Bool { !choices.contains(Self.noWriteBack) }

    /// The arguments after the program's name, without the platform's endpoints.
    package var arguments: [String] {
        switch work {
        case .list: ["discover"]
        case .courses(let keys):
            ["run"] + keys.flatMap { ["--course", $0.text] } + (concurrency.map { ["--concurrency", "\($0)"] } ?? [])
                + choices + (withoutRehearsals.map { ["--without-rehearsals=\($0)"] } ?? [])
        }
    }
}

/// How a program that was started in the background ended.
package struct EngineEnd: Sendable, Hashable {
    package let launch: LaunchRequest
    /// nil when a signal ended it, and when it was not started.
    package let status: Int32?
    /// The last line it said; why it was not started.
    package let words: String
    package let wasStarted: Bool

    package init(launch: LaunchRequest, status: Int32?, words: String, wasStarted: Bool = true) {
        self.wasStarted = wasStarted
        self.launch = launch
        self.status = status
        self.words = words
    }
}

/// Something worth telling: it stays until it is replaced, and stays on the list of notices after that.
package struct Notice: Sendable, Hashable {
    package enum Kind: Sendable, Hashable {
        case information, done, refused
    }

    package let kind: Kind
    package let text: String
    package let at: Date

    package init(_ kind: Kind, _ text: String, at: Date) {
        self.kind = kind
        self.text = text
        self.at = at
    }
}
