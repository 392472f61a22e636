// SPDX-License-Identifier: Apache-2.0
import Canvas
import Themes

extension Frame {
    /// What is typed is always seen; what it is about stands above it, the most important first.
    mutating func unrehearsed(_ unrehearsed: Unrehearsed) {
        let width = min(grid.size.width - 4, 84)
        let place = model.place
        let parts: [(String, Role)] = [
            (
                "The ledger has \(unrehearsed.rehearsals) of \(place.wantedRehearsals) completed rehearsals of "
                    + "\(place.source ?? "its source").", .stateAttention
            ),
            (
                "To run in production all the same, write why: it is kept in the event log, and the run's question comes "
                    + "next.", .text
            ),
            (
                "To rehearse instead, where mallow.yaml says below staging: Esc, \(model.keymap.hint(.detach)), and",
                .text
            ), (place.rehearsing, .textStrong),
        ]
        let text = parts.flatMap { part in wrapped(part.0, width: width).map { DialogLine($0, part.1) } }
        let inside = dialog("Not rehearsed", Size(width, text.count + 3))
        let (body, bottom) = inside.split(bottom: 2)
        lines(text, in: body)
        lines(
            [
                DialogLine("reason, signed \(place.operator): \(unrehearsed.reason.text)_", .textStrong),
                next(after: unrehearsed.reason, enter: "Enter goes on"),
            ], in: bottom)
    }
}
