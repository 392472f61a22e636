// SPDX-License-Identifier: Apache-2.0
import CNcurses
import Canvas

/// Cells of a grid as cells of ncurses. On the terminal's thread only.
struct Drawing {
    /// Whether the locale has more characters than ASCII.
    private let encodesUnicode: Bool
    private var palette: Palette
    private var shown: Grid?
    private var last: (style: Style, ink: Ink)?

    private struct Ink {
        let attributes: attr_t
        let pair: Int32
    }

    init(_ colours: Capabilities.Colours, encodesUnicode: Bool) {
        palette = Palette(colours)
        self.encodesUnicode = encodesUnicode
    }

    /// The next frame is put whole.
    mutating func forget() { shown = nil }

    /// Puts what differs from the grid before, a whole row at a time: that neither wraps nor fails at the last cell.
    ///
    /// - Returns: how many rows there were to put.
    mutating func put(_ grid: Grid, on size: Size) -> Int {
        if shown?.size != grid.size {
            werase(cn_screen())
            shown = nil
        }
        var count = 0
        for y in 0..<min(grid.size.height, size.height) {
            let row = grid.row(y)
            if let shown, shown.row(y) == row { continue }
            put(row, y, min(grid.size.width, size.width))
            count += 1
        }
        // An empty grid clears the screen.
        let isCleared = shown == nil
        shown = grid
        return isCleared ? max(1, count) : count
    }

    private mutating func put(_ row: ArraySlice<Cell>, _ y: Int, _ width: Int) {
        withUnsafeTemporaryAllocation(of: cchar_t.self, capacity: width + 1) { cells in
            withUnsafeTemporaryAllocation(of: wchar_t.self, capacity: 6) { text in
                var (x, count) = (0, 0)
                func add(_ string: String, _ ink: Ink) {
                    var length = 0
                    for scalar in string.unicodeScalars.prefix(5) {
                        text[length] = wchar_t(scalar.value)
                        length += 1
                    }
                    text[length] = 0
                    cn_set_cell(cells.baseAddress?.advanced(by: count), text.baseAddress, ink.attributes, ink.pair)
                    count += 1
                }
                while x < width {
                    let cell = row[row.startIndex + x]
                    let next = row.startIndex + x + 1
                    let columns = next < row.endIndex && row[next].isContinuation ? 2 : 1
                    let ink = ink(cell.style)
                    if x + columns > width || cell.isContinuation {
                        // Half of a character.
                        add(" ", ink)
                    } else if isPrintable(cell.text, in: columns) {
                        add(cell.text, ink)
                    } else {
                        add("?", ink)
                        if columns == 2 { add(" ", ink) }
                    }
                    x += columns
                }
                cn_put_row(Int32(y), cells.baseAddress, Int32(count))
            }
        }
    }

    /// Whether ncurses will lay it out in as many columns as the grid did.
    private func isPrintable(_ text: String, in columns: Int) -> Bool {
        if text.utf8.count == 1, let byte = text.utf8.first { return 0x20..<0x7F ~= byte }
        guard encodesUnicode, let first = text.unicodeScalars.first else { return false }
        return Int(cn_width(first.value)) == columns
            && text.unicodeScalars.dropFirst().allSatisfy { cn_width($0.value) == 0 }
    }

    private mutating func ink(_ style: Style) -> Ink {
        if let last, last.style == style { return last.ink }
        let pair = palette.pair(style)
        var attributes: attr_t = 0
        if style.attributes.contains(.bold) || pair.isBold { attributes |= cn_bold }
        if style.attributes.contains(.dim) { attributes |= cn_dim }
        if style.attributes.contains(.underline) { attributes |= cn_underline }
        if style.attributes.contains(.reverse) { attributes |= cn_reverse }
        if style.attributes.contains(.italic) { attributes |= cn_italic }
        let hasColour = pair.foreground != Palette.own || pair.background != Palette.own
        // Finds the pair that is there, or makes it in place of the one that was not asked for longest.
        let number = hasColour ? alloc_pair(pair.foreground, pair.background) : 0
        let ink = Ink(attributes: attributes, pair: max(0, number))
        last = (style, ink)
        return ink
    }
}
