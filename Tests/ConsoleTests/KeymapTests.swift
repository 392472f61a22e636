// SPDX-License-Identifier: Apache-2.0
import Canvas
import Console
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

    @Test func `what asks first says so`() {
        for action in Action.allCases { #expect((action.effect == .asks) == action.label.hasSuffix("…"), "\(action)") }
    }
}
