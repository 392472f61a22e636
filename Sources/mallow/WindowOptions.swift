// SPDX-License-Identifier: Apache-2.0
import ArgumentParser
import Deployment
import Foundation
import Migration
import MigrationModel
import PlatformSettings

/// How a run stands to the hours that `mallow.yaml` names.
struct WindowOptions: ParsableArguments {
    @Flag(
        help: ArgumentHelp(
            "Wait while the window is shut, and go on when it opens.",
            discussion: "Without it a run drains when the window shuts, and none begins outside of it: exit code 5."))
    var waitForWindow = false

    @Option(
        help: ArgumentHelp("Run outside of the window, too; the reason is kept in the ledger.", valueName: "REASON"))
    var outsideWindow: String?

    /// What a run has to keep to.
    ///
    /// - Throws: ``UsageError``, ``InvalidConfiguration``, and ``WindowShut`` for a run that could start nothing now.
    func hours(_ configuration: ConfigurationOptions, at now: Date) throws -> Hours {
        if let outsideWindow {
            guard !waitForWindow else {
                throw UsageError("--wait-for-window and --outside-window exclude each other: take one of them.")
            }
            guard outsideWindow.contains(where: { !$0.isWhitespace }) else {
                throw UsageError(
                    "--outside-window needs a reason, such as --outside-window='agreed with the site team'.")
            }
        }
        // Nobody's learners are near a staging; whoever wants the window rehearsed as well says so.
        if configuration.rehearsal, !waitForWindow, outsideWindow == nil { return Hours(window: nil, override: nil) }
        guard let window = try configuration.read()?.hours() else {
            if waitForWindow || outsideWindow != nil {
                throw UsageError("There is no window: mallow.yaml names none, or is not the one in force (--config).")
            }
            return Hours(window: nil, override: nil)
        }
        if let outsideWindow { return Hours(window: nil, override: "outside the window \(window): \(outsideWindow)") }
        if !waitForWindow, case .shut(let opening) = window.standing(at: now) {
            throw WindowShut(window: window, opening: opening)
        }
        return Hours(window: RunWindow(window, waits: waitForWindow), override: nil)
    }

    struct Hours {
        /// nil for every hour.
        let window: RunWindow?
        /// What is kept of somebody's decision not to keep to it.
        let override: String?
    }
}

/// A run was to begin while the window is shut: exit code 5.
struct WindowShut: Error, CustomStringConvertible {
    let window: Window
    let opening: Date

    var description: String {
        "The window (\(window)) is shut until \(window.clock(at: opening)). Nothing was begun; --wait-for-window waits, "
            + "--outside-window=REASON runs now"
    }
}
