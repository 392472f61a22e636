// SPDX-License-Identifier: Apache-2.0

/// Two transcripts side by side: cues that begin together stand in one row, and each row says whether it differs.
package struct CueAlignment: Sendable, Hashable {
    package struct Row: Sendable, Hashable {
        /// nil where the other side has a cue and this one has none.
        package let left: Cue?
        package let right: Cue?

        package var isSame: Bool { left == right }
    }

    package let rows: [Row]

    /// How far apart two cues may begin and still be the same one with another time, in milliseconds.
    private static let tolerance: UInt = 1000

    /// How many rows differ.
    package var differences: Int { rows.count { !$0.isSame } }

    /// Goes through both once, in their own order: times of a transcript grow, and where they do not, rows only stand
    /// apart that might have stood together.
    package init(_ left: [Cue], _ right: [Cue]) {
        var rows: [Row] = []
        rows.reserveCapacity(max(left.count, right.count))
        var (l, r) = (0, 0)
        while l < left.count, r < right.count {
            switch Self.order(left, l, right, r) {
            case 0:
                rows.append(Row(left: left[l], right: right[r]))
                (l, r) = (l + 1, r + 1)
            case ..<0:
                rows.append(Row(left: left[l], right: nil))
                l += 1
            default:
                rows.append(Row(left: nil, right: right[r]))
                r += 1
            }
        }
        rows += left[l...].map { Row(left: $0, right: nil) } + right[r...].map { Row(left: nil, right: $0) }
        self.rows = rows
    }

    /// 0 when two cues belong in one row; else which of them comes first.
    private static func order(_ left: [Cue], _ l: Int, _ right: [Cue], _ r: Int) -> Int {
        // Lines without times can only be counted.
        guard let ours = left[l].start, let theirs = right[r].start else { return 0 }
        let gap = distance(ours, theirs)
        if gap > tolerance { return ours < theirs ? -1 : 1 }
        // The next one on either side may be the nearer partner.
        if l + 1 < left.count, let next = left[l + 1].start, distance(next, theirs) < gap { return -1 }
        if r + 1 < right.count, let next = right[r + 1].start, distance(next, ours) < gap { return 1 }
        return 0
    }

    /// Times may be as far apart as numbers can be.
    private static func distance(_ one: Int, _ other: Int) -> UInt {
        one > other ? UInt(bitPattern: one &- other) : UInt(bitPattern: other &- one)
    }
}
