// SPDX-License-Identifier: Apache-2.0
package import Canvas
import MigrationModel
import Themes

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

    /// What it needs, proven just now; nil when it needs nothing.
    package var preflight: Preflight?

    /// Whether everything that it needs is proven.
    package var isProven: Bool {
        switch preflight {
        case nil: true
        case .proven(let checks, _): checks.allSatisfy { $0.verdict != .fail }
        case .proving, .failed: false
        }
    }

    /// Whether something that it needs was looked for and is not so.
    var isRefused: Bool { !isProven && preflight != .proving }

    /// Whether it may come to a Go at all.
    var isOpen: Bool { blockers.isEmpty && !isRefused }

    /// Whether nothing stands in its way but Enter on Go.
    package var isReady: Bool { blockers.isEmpty && isProven && (typed == nil || text == typed) }

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

    /// Its text in lines of at most `width` columns. Eleven of them are for what it is about, which stands on the first
    /// of its lines, and two for being a later one.
    func paragraphs(width: Int) -> [Paragraph] {
        let parts: [(String, [(String, Role)])] = [
            ("will", will.map { ($0, .text) }), ("will not", willNot.map { ($0, .textDim) }),
            ("undone by", [(undo, .textDim)]), ("proven", proofs), ("BLOCKED", blockers.map { ($0, .stateFailed) }),
        ]
        return parts.flatMap { head, items in
            items.enumerated().flatMap { index, item in
                wrapped(item.0, width: width - 13).enumerated().map { part, line in
                    Paragraph(
                        head: index == 0 && part == 0 ? head : "", line: part == 0 ? line : "  " + line, role: item.1)
                }
            }
        }
    }

    /// One line of its text.
    struct Paragraph {
        let head: String
        let line: String
        let role: Role
    }

    /// A line for each thing that was proven, with what was measured; what to do about it where it was not.
    private var proofs: [(String, Role)] {
        switch preflight {
        case nil: []
        case .proving: [("looking…", .stateActive)]
        case .failed(let words): [("nothing: \(words)", .stateFailed)]
        case .proven(let checks, _):
            // What passed is told in one breath and without its limit: all of it has to fit where the question does.
            [
                (
                    checks.filter { $0.verdict == .pass }.map { "\($0.name): \($0.measured)" }.joined(separator: " · "),
                    .stateOK
                )
            ]
                + checks.filter { $0.verdict == .attention }.map { ($0.sentence, .stateAttention) }
                + checks.filter { $0.verdict == .fail }.map { ($0.sentence, .stateFailed) }
        }
    }
}

extension PreflightCheck {
    /// What was measured, against what, and what to do about it.
    fileprivate var sentence: String {
        "\(name): \(measured)" + (limit.map { " (\($0))" } ?? "") + (advice.map { "; \($0)" } ?? "")
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
