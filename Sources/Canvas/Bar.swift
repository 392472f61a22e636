// SPDX-License-Identifier: Apache-2.0

/// A bar of progress, in eighths of a cell where there are such characters.
package struct Bar: Sendable, Hashable {
    /// What is done, drawn with the bar's own style.
    package let filled: String
    /// What is not.
    package let rest: String

    /// - Parameters:
    ///   - fraction: 0 to 1; anything else is cut.
    ///   - width: columns.
    package init(_ fraction: Double, width: Int, _ characters: Capabilities.Characters) {
        let width = max(0, width)
        let fraction = fraction.isNaN ? 0 : min(1, max(0, fraction))
        let steps = characters == .unicode ? 8 : 1
        // Full only when it is, and not empty once something is done.
        var done = Int(fraction * Double(width * steps))
        if fraction > 0, done == 0, width > 0 { done = characters == .unicode ? 1 : 0 }
        let full = done / steps
        switch characters {
        case .unicode:
            let part = done % 8
            filled = String(repeating: "█", count: full) + (part > 0 ? String(Self.eighths[part]) : "")
            rest = String(repeating: "·", count: width - full - (part > 0 ? 1 : 0))
        case .narrow:
            filled = String(repeating: "▰", count: full)
            rest = String(repeating: "▱", count: width - full)
        case .ascii:
            filled = String(repeating: "#", count: full)
            rest = String(repeating: "-", count: width - full)
        }
    }

    private static let eighths: [Character] = [" ", "▏", "▎", "▍", "▌", "▋", "▊", "▉"]

    /// Small columns for a row of numbers, the greatest of them full.
    package static func trend(_ values: [Double], _ characters: Capabilities.Characters) -> String {
        let top = values.max() ?? 0
        let levels: [Character] =
            characters == .unicode ? ["▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"] : [".", ":", "-", "=", "+", "*", "#"]
        return String(
            values.map { value in
                guard top > 0, value > 0 else { return levels[0] }
                return levels[min(levels.count - 1, Int(value / top * Double(levels.count)))]
            })
    }
}
