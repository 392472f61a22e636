// SPDX-License-Identifier: Apache-2.0
import Canvas

/// Why somebody decides something: a line that is typed, signed and kept.
package struct Reason: Sendable, Hashable {
    /// As it is typed.
    package private(set) var text = ""

    /// Whether it was answered with too little, and nothing was typed since.
    package private(set) var isRefused = false

    package init() {}

    private var words: [Substring] { text.split(separator: " ") }

    /// Whether somebody who reads it later learns something from it.
    package var isGiven: Bool { words.joined().utf8.count >= 3 }

    /// Why it is not enough.
    var shortage: String {
        words.isEmpty ? "nothing is written yet" : "\"\(kept)\" is too short: three letters tell somebody why"
    }

    /// Does not take it as it is; what is typed stays, and goes on.
    mutating func refuse() { isRefused = true }

    /// As it is kept.
    var kept: String { words.joined(separator: " ") }

    /// Takes a key that edits; any other leaves it as it is.
    mutating func take(_ key: Key) {
        isRefused = false
        switch key {
        case .character(let character): text.append(character)
        case .backspace: if !text.isEmpty { text.removeLast() }
        case .control("u"): text = ""
        default: break
        }
    }

    mutating func paste(_ pasted: String) {
        isRefused = false
        text += pasted
    }
}
