// SPDX-License-Identifier: Apache-2.0
import Canvas
import Console
import Settings
import Testing

@Suite struct KeymapTests {
    @Test func `no key does two things`() {
        var owners: [Key: Action] = [:]
        for action in Action.allCases {
            for key in action.defaultKeys {
                #expect(owners[key] == nil, "\(key.name) is \(action) and \(owners[key].map { "\($0)" } ?? "")")
                owners[key] = action
                #expect(Keymap.standard.action(of: key) == action)
            }
        }
    }

    @Test func `every action has a key and a sentence`() {
        for action in Action.allCases {
            #expect(!Keymap.standard.hint(action).isEmpty)
            #expect(action.explanation.hasSuffix("."))
        }
    }

    @Test func `an operator's keys take the place of the standard ones`() throws {
        let keymap = try Keymap(Array("pause = \"P\"\nmore = [\"F5\", \"^n\"] # night shift".utf8), at: "keys.toml")
        #expect(keymap.action(of: "P") == .pause)
        #expect(keymap.action(of: "p") == nil)
        #expect(keymap.keys(of: .more) == [.function(5), .control("n")])
        #expect(keymap.action(of: "q") == .detach)
    }

    @Test(arguments: [
        ("\npauze = \"P\"", 2, "there is no action \"pauze\""), ("run = \"q\"", 1, "q is detach already"),
        ("a", 1, "this is not TOML"), ("\n\nrun = 7", 3, "run is not a key or a list of keys"),
        ("run = \"Ctrl-X\"", 1, "there is no key \"Ctrl-X\""), ("back = \"b\"", 1, "back has lost Esc"),
        ("run = \"x\"\nretry = \"x\"", 2, "x is run already"),
    ])
    func `what is wrong with them is told with its line`(_ text: String, _ line: Int, _ words: String) {
        let problem = #expect(throws: FileProblem.self) { try Keymap(Array(text.utf8), at: "keys.toml") }
        #expect(problem?.line == line)
        #expect(problem?.problem.hasPrefix(words) == true, "\(problem.map { "\($0)" } ?? "")")
    }

    @Test func `every key's name leads back to it`() {
        for key in Action.allCases.flatMap(\.defaultKeys) { #expect(Key(named: key.name) == key) }
    }

    @Test func `what asks first says so`() {
        for action in Action.allCases { #expect((action.effect == .asks) == action.label.hasSuffix("…"), "\(action)") }
    }
}
