// SPDX-License-Identifier: Apache-2.0
import Ledger

extension ListCursor {
    /// The same in a list of which `height` rows fit.
    func within(_ height: Int) -> ListCursor {
        ListCursor(id, rowsAbove: min(rowsAbove, max(0, height - 1)))
    }

    /// Moves by rows, as far as the list goes.
    mutating func move(by rows: Int, in order: [Int64], height: Int) {
        guard !order.isEmpty else { return }
        let before = id.flatMap { order.firstIndex(of: $0) } ?? 0
        let after = min(max(0, before.addingReportingOverflow(rows).partialValue), order.count - 1)
        rowsAbove = min(max(0, rowsAbove + after - before), max(0, height - 1))
        id = order[after]
    }

    /// Stays on its thing in a list as it is shown now; on the first one when its own is gone.
    mutating func settle(in order: [Int64], shownFrom first: Int) {
        guard let id, let row = order.firstIndex(of: id) else { return self = ListCursor() }
        rowsAbove = row - first
    }
}
