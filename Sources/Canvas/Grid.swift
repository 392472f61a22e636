// SPDX-License-Identifier: Apache-2.0

/// What a screen shows: rows of cells. Drawing outside of it draws nothing.
package struct Grid: Sendable, Hashable {
    package let size: Size
    private var cells: [Cell]

    package init(_ size: Size, filledWith style: Style = .plain) {
        self.size = size
        cells = Array(repeating: Cell(" ", style), count: size.width * size.height)
    }

    package var bounds: Rect { Rect(size) }

    /// The cell at a place that is inside.
    package subscript(_ x: Int, _ y: Int) -> Cell { cells[y * size.width + x] }

    /// A row's cells, from 0.
    package func row(_ y: Int) -> ArraySlice<Cell> { cells[y * size.width..<(y + 1) * size.width] }

    /// Blanks all of `rect`.
    package mutating func fill(_ rect: Rect, _ style: Style) {
        for y in max(0, rect.y)..<max(0, min(size.height, rect.bottom), rect.y) {
            for x in max(0, rect.x)..<max(0, min(size.width, rect.right), rect.x) { put(Cell(" ", style), x, y) }
        }
    }

    /// Draws text from a place to the right, as far as `limit` columns and the grid allow; a character that fits only in
    /// half is left out.
    ///
    /// - Returns: the column after the last one drawn.
    @discardableResult
    package mutating func draw(_ text: CellText, at point: Point, _ style: Style, limit: Int = .max) -> Int {
        var x = point.x
        guard 0..<size.height ~= point.y else { return x }
        let end = min(size.width, limit == .max ? .max : point.x + limit)
        for cluster in text.clusters {
            guard x + cluster.width <= end else { break }
            if x >= 0 {
                put(Cell(cluster.text, style), x, point.y)
                if cluster.width == 2 { put(Cell("", style), x + 1, point.y) }
            }
            x += cluster.width
        }
        return x
    }

    /// Draws our own words, which need no care.
    @discardableResult
    package mutating func draw(_ text: String, at point: Point, _ style: Style, limit: Int = .max) -> Int {
        draw(CellText(text), at: point, style, limit: limit)
    }

    /// Gives all of `rect` the background and the attributes of `style`, and leaves its text and ink.
    package mutating func tint(_ rect: Rect, _ style: Style) {
        for y in max(0, rect.y)..<max(0, min(size.height, rect.bottom), rect.y) {
            for x in max(0, rect.x)..<max(0, min(size.width, rect.right), rect.x) {
                let cell = self[x, y]
                cells[y * size.width + x] = Cell(cell.text, cell.style.on(style.background).with(style.attributes))
            }
        }
    }

    /// Half of a wide character that loses its other half becomes a blank.
    private mutating func put(_ cell: Cell, _ x: Int, _ y: Int) {
        guard 0..<size.width ~= x, 0..<size.height ~= y else { return }
        let place = y * size.width + x
        if cells[place].isContinuation, !cell.isContinuation, x > 0 {
            cells[place - 1] = Cell(" ", cells[place - 1].style)
        }
        if x + 1 < size.width, cells[place + 1].isContinuation {
            cells[place + 1] = Cell(" ", cells[place + 1].style)
        }
        cells[place] = cell
    }

    /// Its text, a line a row, without blanks at the ends.
    package var text: String {
        (0..<size.height).map { y in
            let line = row(y).map(\.text).joined()
            return String(line.unicodeScalars.reversed().drop { $0 == " " }.reversed().map(Character.init))
        }
        .joined(separator: "\n")
    }
}
