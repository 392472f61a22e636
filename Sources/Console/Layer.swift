// SPDX-License-Identifier: Apache-2.0
import Canvas
package import Ledger
package import MigrationModel

/// What lies over the overview.
package enum Layer: Sendable, Hashable {
    case help(first: Int)
    case notices(first: Int)
    /// The line of text is the model's own filter, of the courses or of the log.
    case filter(Model.Pane)
    case palette(Palette)
    /// The theme to go back to when none is chosen.
    case themes(cursor: Int, before: String)
    case confirmation(Confirmation)
    /// The cause under the cursor; nil for the first.
    case triage(cursor: TroubleGroup.Cause?)
    case waive(Waiving)
    case unrehearsed(Unrehearsed)
    case video(VideoDetail)
    case compare(Comparing)
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

/// Videos of one cause that shall stay behind, and the reason for it.
package struct Waiving: Sendable, Hashable {
    package let videos: [VideoReference]
    /// The transcript of the only video that is enough; nil when it is about whole videos.
    package let only: LanguageCode?
    /// That one, as long as no more than it shall stay behind.
    package var language: LanguageCode?
    /// The name of the only one, or of the first.
    package let name: String
    /// What is wrong with them.
    package let cause: String
    /// What each waiver is about that is in force for one of them; nil for the whole video.
    private let standing: [LanguageCode?]
    package var reason = Reason()

    init(videos: [VideoReference], name: String, cause: String, only: LanguageCode? = nil, standing: [LanguageCode?]) {
        self.standing = standing
        self.videos = videos
        self.name = name
        self.cause = cause
        self.only = only
        language = only
    }
    /// How many waivers this one takes the place of.
    var replaced: Int { standing.count { $0 == language } }
}
