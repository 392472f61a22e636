// SPDX-License-Identifier: Apache-2.0
package import Canvas

extension Role {
    /// Keys of a theme file that stand for a whole family: `state` colours every state that has no key of its own.
    static let families: Set<String> = ["state", "bar", "env"]

    /// The keys that are looked at for this role, first to last: its own, then shorter and shorter prefixes, then text's.
    ///
    /// A plane ends at the terminal's own background instead: text's colour is for reading.
    var keys: [String] {
        var keys = [rawValue]
        var rest = Substring(rawValue)
        while let dot = rest.lastIndex(of: ".") {
            rest = rest[..<dot]
            keys.append(String(rest))
        }
        if !Role.planes.contains(self), keys.last != Role.text.rawValue { keys.append(Role.text.rawValue) }
        return keys
    }

    /// Another role that this one looks like where a theme says nothing of it, and what is added.
    var likeness: (role: Role, attributes: Style.Attributes)? {
        switch self {
        case .stateUndone: (.stateAttention, [])
        case .stateHeld: (.stateIdle, .bold)
        default: nil
        }
    }

    /// How the role is drawn without any colour, so that roles which stand side by side stay apart.
    package var monoAttributes: Style.Attributes {
        switch self {
        case .surface, .surfaceRaised, .text, .stateOK: []
        case .textDim, .line, .stateIdle, .barRest: .dim
        case .textStrong, .lineFocus, .stateActive, .barFill, .envSafe: .bold
        case .surfaceMarked, .textKey, .barStall: .underline
        case .stateAttention, .stateUndone: [.bold, .underline]
        case .stateHeld: [.bold, .dim]
        case .surfaceSelected: .reverse
        case .stateFailed, .envProd: [.bold, .reverse]
        }
    }
}
