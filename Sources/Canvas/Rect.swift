// SPDX-License-Identifier: Apache-2.0

/// How many columns and rows something has.
package struct Size: Sendable, Hashable {
    package let width: Int
    package let height: Int

    /// Less than nothing is nothing.
    package init(_ width: Int, _ height: Int) {
        self.width = max(0, width)
        self.height = max(0, height)
    }
}

/// A cell's place: column and row, from 0 at the top left.
package struct Point: Sendable, Hashable {
    package var x: Int
    package var y: Int

    package init(_ x: Int, _ y: Int) {
        self.x = x
        self.y = y
    }
}

/// A part of a screen.
package struct Rect: Sendable, Hashable {
    package let x: Int
    package let y: Int
    package let width: Int
    package let height: Int

    /// Less than nothing is nothing.
    package init(_ x: Int, _ y: Int, _ width: Int, _ height: Int) {
        self.x = x
        self.y = y
        self.width = max(0, width)
        self.height = max(0, height)
    }

    package init(_ size: Size) { self.init(0, 0, size.width, size.height) }

    package var size: Size { Size(width, height) }
    package var isEmpty: Bool { width == 0 || height == 0 }
    /// The first column to its right, and the first row below it.
    package var right: Int { x + width }
    package var bottom: Int { y + height }

    package func contains(_ point: Point) -> Bool {
        x..<right ~= point.x && y..<bottom ~= point.y
    }

    /// What is left when `dx` columns are taken off left and right, and `dy` rows off top and bottom.
    package func inset(_ dx: Int, _ dy: Int) -> Rect {
        Rect(x + dx, y + dy, width - 2 * dx, height - 2 * dy)
    }

    /// The row `index` of it, from 0; empty where it has no such row.
    package func row(_ index: Int) -> Rect {
        Rect(x, y + index, width, 0..<height ~= index ? 1 : 0)
    }

    /// Its first `rows` rows, and the rest.
    package func split(top rows: Int) -> (top: Rect, rest: Rect) {
        let rows = min(max(0, rows), height)
        return (Rect(x, y, width, rows), Rect(x, y + rows, width, height - rows))
    }

    /// All but its last `rows` rows, and those.
    package func split(bottom rows: Int) -> (rest: Rect, bottom: Rect) {
        let parts = split(top: height - min(max(0, rows), height))
        return (parts.top, parts.rest)
    }

    /// Its first `columns` columns, and the rest.
    package func split(left columns: Int) -> (left: Rect, rest: Rect) {
        let columns = min(max(0, columns), width)
        return (Rect(x, y, columns, height), Rect(x + columns, y, width - columns, height))
    }
}
