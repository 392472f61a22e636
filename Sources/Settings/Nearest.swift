// SPDX-License-Identifier: Apache-2.0

extension Sequence where Element == String {
    /// The word that was probably meant: one that two changes of a letter turn into `word`, or nil.
    package func nearest(to word: String) -> String? {
        let measured = map { (word: $0, changes: Array($0.utf8).changes(to: Array(word.utf8))) }
        return measured.filter { $0.changes <= 2 && $0.changes < word.utf8.count }.min { $0.changes < $1.changes }?.word
    }
}

extension [UInt8] {
    /// How many letters must be added, removed or exchanged (Levenshtein's distance).
    fileprivate func changes(to other: [UInt8]) -> Int {
        var row = Array<Int>(0...other.count)
        for (index, letter) in enumerated() {
            var diagonal = row[0]
            row[0] = index + 1
            for column in other.indices {
                let kept = diagonal + (letter == other[column] ? 0 : 1)
                diagonal = row[column + 1]
                row[column + 1] = Swift.min(kept, diagonal + 1, row[column] + 1)
            }
        }
        return row[other.count]
    }
}
