// SPDX-License-Identifier: Apache-2.0
import Foundation

/// The bytes that ask a terminal to keep text on its clipboard (OSC 52).
enum ClipboardSequence {
    /// - Parameter isInsideTmux: tmux answers the request itself, hands it on, or neither, as it is set up: it gets both
    ///   forms.
    static func bytes(_ text: String, isInsideTmux: Bool) -> [UInt8] {
        let plain = "\u{1B}]52;c;\(Data(text.utf8).base64EncodedString())\u{07}"
        guard isInsideTmux else { return Array(plain.utf8) }
        let doubled = plain.replacing("\u{1B}", with: "\u{1B}\u{1B}")
        return Array((plain + "\u{1B}Ptmux;\(doubled)\u{1B}\\").utf8)
    }
}
