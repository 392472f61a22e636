// SPDX-License-Identifier: Apache-2.0
package import Canvas

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
    /// The same thing as a command line, where there is one.
    package let commandLine: String?
    package let effect: Effect

    /// Focus rests on Cancel.
    package var isOnGo = false
    package var text = ""

    /// Whether nothing stands in its way but Enter on Go.
    package var isReady: Bool { blockers.isEmpty && (typed == nil || text == typed) }

    /// Whether Enter does it on a screen of this size: what was not shown whole is not done.
    package func isArmed(on size: Size) -> Bool { isReady && isOnGo && isWhole(on: size) }

    /// Whether all of it can be read on a screen of this size.
    package func isWhole(on size: Size) -> Bool {
        let width = Self.width(on: size)
        return Layout(size, pane: .courses).kind != .line && width >= 20
            && paragraphs(width: width).count + Self.frame <= size.height
    }

    /// Columns of its text.
    static func width(on size: Size) -> Int { min(size.width - 4, 84) }
    /// Lines besides the text: the frame, the place, what is typed and the buttons.
    static let frame = 7

    /// Its text in lines of at most `width` columns, each with what it is about on the first of its lines.
    func paragraphs(width: Int) -> [(head: String, line: String, isBlocker: Bool, isMinor: Bool)] {
        let parts = [
            ("will", will, false, false), ("will not", willNot, false, true), ("undone by", [undo], false, true),
            ("BLOCKED", blockers, true, false),
        ]
        return parts.flatMap { head, items, isBlocker, isMinor in
            items.enumerated().flatMap { index, item in
                wrapped(item, width: width - 12).enumerated().map { part, line in
                    (index == 0 && part == 0 ? head : "", part == 0 ? line : "  " + line, isBlocker, isMinor)
                }
            }
        }
    }
}

/// Words in lines of at most `width` columns.
func wrapped(_ text: String, width: Int) -> [String] {
    guard width > 0 else { return [] }
    var lines: [String] = []
    var line = ""
    for word in text.split(separator: " ", omittingEmptySubsequences: false) {
        let longer = line.isEmpty ? String(word) : "\(line) \(word)"
        if CellText(longer).width <= width || line.isEmpty {
            line = longer
        } else {
            lines.append(line)
            line = String(word)
        }
    }
    return lines + [line]
}
