// SPDX-License-Identifier: Apache-2.0

/// Text that knows how many columns each of its characters takes on a terminal, and holds nothing that could break one.
///
/// Names come from course authors. Controls, escapes and marks that turn the writing direction are left out; what
/// terminals disagree about (emoji made of several characters, flags) becomes one plain substitute.
package struct CellText: Sendable, Hashable {
    package struct Cluster: Sendable, Hashable {
        /// A spacing character and at most four marks on it.
        package let text: String
        /// 1 or 2.
        package let width: Int
    }

    /// What stands for a character that cannot be measured.
    static let substitute = Cluster(text: "?", width: 1)
    /// ncurses keeps five characters in a cell.
    private static let mostMarks = 4

    package let clusters: [Cluster]

    package init(_ text: some StringProtocol) {
        if text.utf8.allSatisfy({ 0x20..<0x7F ~= $0 }) {
            clusters = text.utf8.map { Cluster(text: String(UnicodeScalar($0)), width: 1) }
            return
        }
        var clusters: [Cluster] = []
        for character in text {
            if character.isASCII || character.isNewline {  // a line's end is one character, CR LF too
                let value = character.unicodeScalars.first?.value ?? 0
                // A line break inside a name is as good as a space.
                if value == 9 || character.isNewline { clusters.append(Cluster(text: " ", width: 1)) }
                if 0x20..<0x7F ~= value { clusters.append(Cluster(text: String(character), width: 1)) }
            } else {
                Self.append(character, to: &clusters)
            }
        }
        self.clusters = clusters
    }

    private init(_ clusters: [Cluster]) { self.clusters = clusters }

    /// Columns.
    package var width: Int { clusters.reduce(0) { $0 + $1.width } }

    package var text: String { clusters.map(\.text).joined() }

    /// The same, cut so that it takes no more than `width` columns; what was cut is shown by `ellipsis`.
    package func truncated(to width: Int, ellipsis: String = "…") -> CellText {
        guard self.width > width else { return self }
        guard width > 0 else { return CellText([]) }
        var (kept, columns): ([Cluster], Int) = ([], 0)
        for cluster in clusters {
            guard columns + cluster.width <= width - 1 else { break }
            kept.append(cluster)
            columns += cluster.width
        }
        return CellText(kept + [Cluster(text: ellipsis, width: 1)])
    }

    /// The same in pieces of at most `width` columns, which is at least 2.
    package func pieces(of width: Int) -> [String] {
        var (pieces, piece, columns): ([String], String, Int) = ([], "", 0)
        for cluster in clusters {
            if columns + cluster.width > max(2, width) {
                pieces.append(piece)
                (piece, columns) = ("", 0)
            }
            piece += cluster.text
            columns += cluster.width
        }
        return pieces + [piece]
    }

    private static func append(_ character: Character, to clusters: inout [Cluster]) {
        let scalars = character.unicodeScalars
        if scalars.contains(where: { $0.isJoiner }) {
            clusters.append(substitute)
            return
        }
        // The spacing characters of a cluster, each with the marks that follow it: of some scripts there are several.
        var (base, width, marks) = ("", 0, 0)
        func finished() -> [Cluster] { base.isEmpty ? [] : [Cluster(text: base, width: width)] }
        for scalar in scalars {
            switch scalar.columns {
            case nil: continue
            case 0:
                if !base.isEmpty, marks < mostMarks {
                    base.unicodeScalars.append(scalar)
                    marks += 1
                }
            case let columns?:
                clusters += finished()
                (base, width, marks) = (String(scalar), columns, 0)
            }
        }
        clusters += finished()
    }
}

extension Unicode.Scalar {
    /// Makes one picture of several characters where a terminal can, and several where it cannot.
    fileprivate var isJoiner: Bool {
        switch value {
        case 0x200D, 0xFE0F, 0x1F1E6...0x1F1FF, 0x1F3FB...0x1F3FF, 0xE0020...0xE007F: true
        default: false
        }
    }

    /// Columns that it takes, 0 for a mark on the one before, nil when it is not to be shown at all.
    var columns: Int? {
        switch properties.generalCategory {
        case .control, .format, .surrogate, .lineSeparator, .paragraphSeparator: return nil
        case .unassigned, .privateUse: return 1
        case .nonspacingMark, .enclosingMark: return 0
        default: break
        }
        // Vowels and finals of Hangul join the syllable before them.
        if 0x1160...0x11FF ~= value { return 0 }
        return WideCharacters.contains(value) ? 2 : 1
    }
}
