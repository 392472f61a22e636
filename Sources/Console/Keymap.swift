// SPDX-License-Identifier: Apache-2.0
package import Canvas
package import Settings
import TOMLKit

/// Which key does what.
package struct Keymap: Sendable, Hashable {
    private var actions: [Key: Action] = [:]
    private var keys: [Action: [Key]] = [:]

    /// The keys that ``Action`` gives.
    package static let standard = Keymap()

    private init() {
        for action in Action.allCases {
            keys[action] = action.defaultKeys
            for key in action.defaultKeys { actions[key] = action }
        }
    }

    /// The standard keys with an operator's own: a line each, `action = "key"` or `action = ["key", "key"]`.
    ///
    /// An action that is named has these keys and no others.
    ///
    /// - Parameter place: the file's path, for messages.
    /// - Throws: ``FileProblem`` for the first thing that is wrong: an action or a key that does not exist, or a key that
    ///   would do two things.
    package init(_ bytes: [UInt8], at place: String) throws(FileProblem) {
        let text = try SettingsText(bytes, at: place)
        var (chosen, lines): ([Action: [Key]], [Action: Int]) = ([:], [:])
        for name in text.table.keys {
            let line = text.lines[name]
            guard let action = Action(rawValue: name) else {
                let near = Action.allCases.map(\.rawValue).nearest(to: name)
                throw FileProblem(
                    place, line: line, "there is no action \"\(name)\"",
                    advice: near.map { "perhaps \"\($0)\" is meant" } ?? "? in the console lists the actions"
                )
            }
            let value = text.table[name]
            let names = value?.string.map { [$0] } ?? value?.array?.compactMap(\.string) ?? []
            guard !names.isEmpty, names.count == value?.array?.count ?? 1 else {
                throw FileProblem(
                    place, line: line, "\(name) is not a key or a list of keys",
                    advice: "write \(name) = \"x\", for example")
            }
            for text in names {
                guard let key = Key(named: text) else {
                    throw FileProblem(
                        place, line: line, "there is no key \"\(text)\"",
                        advice: "write one character, ^x for control, or a name such as PgDn, F5 or Enter")
                }
                chosen[action, default: []].append(key)
            }
            lines[action] = line
        }
        for action in Action.allCases { keys[action] = chosen[action] ?? action.defaultKeys }
        // An operator's own keys last: it is their line that is told of a conflict.
        for action in Action.allCases.filter({ chosen[$0] == nil }) + Action.allCases.filter({ chosen[$0] != nil }) {
            for key in keys[action] ?? [] {
                if let other = actions[key], other != action {
                    throw FileProblem(
                        place, line: lines[action], "\(key.name) is \(other.rawValue) already",
                        advice: "choose another key for \(action.rawValue), or give \(other.rawValue) another one")
                }
                actions[key] = action
            }
        }
        if let action = keys.first(where: { $0.key == .back && !$0.value.contains(.escape) })?.key {
            throw FileProblem(
                place, line: lines[action], "back has lost Esc",
                advice: "leave Esc among its keys: every dialog says Esc goes back")
        }
    }

    package func action(of key: Key) -> Action? { actions[key] }

    /// The keys of an action, the one that hints show first.
    package func keys(of action: Action) -> [Key] { keys[action] ?? [] }

    /// The key that hints show; empty when it has none.
    package func hint(_ action: Action) -> String { keys(of: action).first?.name ?? "" }
}

extension Key {
    /// The key of a name as ``name`` gives it.
    package init?(named text: String) {
        let named: [Key] = [
            .up, .down, .left, .right, .home, .end, .pageUp, .pageDown, .enter, .escape, .tab, .backTab, .backspace,
            .delete,
            .insert, .character(" "),
        ]
        if let key = (named + (1...12).map { .function($0) }).first(where: { $0.name == text }) {
            self = key
        } else if text.count == 2, text.first == "^", let letter = text.last, letter.isASCII, letter.isLetter,
            // Those arrive as Backspace, Tab and Enter.
            !"hHiIjJmM".contains(letter)
        {
            self = .control(Character(letter.lowercased()))
        } else if text.count == 1, let character = text.first {
            self = .character(character)
        } else {
            return nil
        }
    }
}
