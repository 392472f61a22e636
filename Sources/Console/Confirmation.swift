// SPDX-License-Identifier: Apache-2.0
package import Canvas
import Foundation
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
    /// What became of the last key, where it did not do what it may have been meant to.
    package var remark: String?

    /// What it needs, proven just now; nil when it needs nothing.
    package private(set) var preflight: Preflight?
    /// The look that proves it.
    private var look: LookID?

    /// The line at the top, and how many lines from the first were seen in all.
    private(set) var first = 0
    private var seen = 0

    init(
        title: String, will: [String], willNot: [String], undo: String, blockers: [String], typed: String?,
        commandLine: String?, effect: Effect
    ) {
        self.title = title
        self.will = will
        self.willNot = willNot
        self.undo = undo
        self.blockers = blockers
        self.typed = typed
        self.commandLine = commandLine
        self.effect = effect
    }

    /// Has what its run needs proven from here on. Whoever chose Go has still chosen it when all of it passes.
    ///
    /// - Returns: what is to be done for it; nothing for what is no run.
    mutating func prove(_ look: LookID) -> [Effect] {
        guard case .launch(let request) = effect else { return [] }
        (preflight, self.look) = (.proving, look)
        return [.prove(look, request)]
    }

    /// Takes the answer of a look; one of another question is none.
    mutating func take(_ preflight: Preflight, of look: LookID) {
        guard self.look == look else { return }
        self.preflight = preflight
        // What was not seen when Go was chosen is seen before it is done.
        if case .proven(let checks, _) = preflight, checks.allSatisfy({ $0.verdict == .pass }) { return }
        isOnGo = false
    }

    /// A proof that is older than this, in seconds, proves nothing any more.
    private static let lifetime = 60.0

    func isStale(at now: Date) -> Bool {
        guard case .proven(_, let date)? = preflight else { return false }
        return now.timeIntervalSince(date) > Self.lifetime
    }

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

    /// Whether Enter does it on a screen of this size: what was not seen whole is not done.
    package func isArmed(on size: Size) -> Bool { isReady && isOnGo && isWhole(on: size) }

    /// Whether the line to type in is there.
    func takesText(on size: Size) -> Bool {
        typed != nil && blockers.isEmpty && isProven && isWhole(on: size)
    }

    /// Whether all of it was seen on a screen of this size.
    package func isWhole(on size: Size) -> Bool {
        let rows = Self.rows(on: size)
        return rows > 0 && lineCount(on: size) <= max(rows, seen)
    }

    mutating func scroll(by rows: Int, on size: Size) {
        let room = Self.rows(on: size)
        first = max(0, min(first + rows, lineCount(on: size) - room))
        seen = max(seen, first + room)
    }

    /// On a screen of another size its lines are others.
    mutating func forgetWhatWasSeen() { (first, seen) = (0, 0) }

    private func lineCount(on size: Size) -> Int { paragraphs(width: Self.width(on: size)).count }

    /// Columns of its text.
    static func width(on size: Size) -> Int { min(size.width - 4, 84) }
    /// Lines besides the text: the frame, the place, what is typed and the buttons.
    static let frame = 6
    /// How many lines of its text can be seen at once.
    static func rows(on size: Size) -> Int {
        Layout(size, pane: .courses).kind == .line || width(on: size) < 20 ? 0 : size.height - frame
    }

    /// Its text in lines of at most `width` columns. Eleven of them are for what it is about, which stands on the first
    /// of its lines, and two for being a later one.
    func paragraphs(width: Int) -> [Paragraph] {
        let parts: [(String, [(String, Role)])] = [
            ("will", will.map { ($0, .text) }), ("will not", willNot.map { ($0, .textDim) }),
            ("undone by", [(undo, .textDim)]), ("proof", proofs), ("BLOCKED", blockers.map { ($0, .stateFailed) }),
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
            // What failed first, each by itself; what passed in one breath, since all of it is to be seen.
            checks.filter { $0.verdict == .fail }.map { ("FAILED \($0.sentence)", .stateFailed) }
                + checks.filter { $0.verdict == .attention }.map { ("KNOW \($0.sentence)", .stateAttention) }
                + [
                    (
                        checks.filter { $0.verdict == .pass }.map { "\($0.name): \($0.measured)" }.joined(
                            separator: " · "), .stateOK
                    )
                ]
                .filter { !$0.0.isEmpty }
        }
    }
}

extension PreflightCheck {
    /// What was measured, against what, and what to do about it.
    fileprivate var sentence: String {
        "\(name): \(measured)" + (limit.map { " (wanted: \($0))" } ?? "") + (advice.map { "; \($0)" } ?? "")
    }
}

/// Words in lines of at most `width` columns.
func wrapped(_ text: String, width: Int) -> [String] {
    guard width > 0 else { return [] }
    var lines: [String] = []
    var line = ""
    for word in text.split(separator: " ", omittingEmptySubsequences: false) {
        let longer = line.isEmpty ? String(word) : "\(line) \(word)"
        if CellText(longer).width <= width {
            line = longer
            continue
        }
        if !line.isEmpty { lines.append(line) }
        // A word that no line holds is broken: not every script has spaces.
        let pieces = CellText(word).pieces(of: width)
        lines += pieces.dropLast()
        line = pieces.last ?? ""
    }
    return lines + [line]
}
