// SPDX-License-Identifier: Apache-2.0
import Canvas
package import MigrationModel

/// What lies over the overview.
package enum Layer: Sendable, Hashable {
    case help(first: Int)
    case notices(first: Int)
    case filter(before: String)
    case palette(Palette)
    /// The theme to go back to when none is chosen.
    case themes(cursor: Int, before: String)
    case confirmation(Confirmation)
    case triage(cursor: Int)
    case waive(Waiving)
    /// A usage key.
    case video(String)
}

/// The command palette: a line of text and what fits it.
package struct Palette: Sendable, Hashable {
    package var text = ""
    package var cursor = 0

    package init() {}

    /// The actions whose name or explanation has every word of the text in it.
    package var matches: [Action] {
        let words = text.lowercased().split(separator: " ")
        return Action.allCases.filter { action in
            let described = "\(action.rawValue) \(action.label) \(action.explanation)".lowercased()
            return action != .palette && words.allSatisfy { described.contains($0) }
        }
    }
}

/// A question before something is written.
package struct Confirmation: Sendable, Hashable {
    package let title: String
    /// What it will do.
    package let will: [String]
    package let willNot: [String]
    /// What undoes it.
    package let undo: String
    /// Why it cannot be done; nothing waves this through.
    package let blockers: [String]
    /// What has to be typed; nil when a yes is enough.
    package let typed: String?
    /// The same thing as a command line.
    package let commandLine: String
    package let effect: Effect

    /// Focus rests on Cancel.
    package var isOnGo = false
    package var text = ""

    /// Whether Enter on Go would do it.
    package var isArmed: Bool { blockers.isEmpty && isOnGo && (typed == nil || text == typed) }
}

/// A video, or the videos of one cause, that shall stay behind, and the reason for it.
package struct Waiving: Sendable, Hashable {
    /// A course and a usage key.
    package struct Video: Sendable, Hashable {
        package let course: CourseKey
        package let block: UsageKey
    }

    package let videos: [Video]
    /// What is wrong with them.
    package let cause: String
    package var reason = ""
}
