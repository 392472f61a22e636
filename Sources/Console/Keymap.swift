// SPDX-License-Identifier: Apache-2.0
package import Canvas

/// Which key does what.
package struct Keymap: Sendable, Hashable {
    private var actions: [Key: Action]
    private var keys: [Action: [Key]]

    /// The keys that ``Action`` gives.
    package static let standard = Keymap()

    private init() {
        (actions, keys) = ([:], [:])
        for action in Action.allCases {
            keys[action] = action.defaultKeys
            for key in action.defaultKeys { actions[key] = action }
        }
    }

    package func action(of key: Key) -> Action? { actions[key] }

    /// The keys of an action, the one that hints show first.
    package func keys(of action: Action) -> [Key] { keys[action] ?? [] }

    /// The key that hints show; empty when it has none.
    package func hint(_ action: Action) -> String { keys(of: action).first?.name ?? "" }
}
