// SPDX-License-Identifier: Apache-2.0
package import Canvas
import Themes

/// A frame as a pure function of the model.
package enum Screen {
    /// Draws the model at its size, which may be anything.
    package static func render(_ model: Model) -> Grid {
        var frame = Frame(model)
        let layout = model.layout
        frame.header(layout)
        frame.courses(layout)
        frame.videos(layout)
        frame.validation(layout)
        frame.log(layout)
        frame.footer(layout)
        for layer in model.layers { frame.draw(layer, layout) }
        return frame.grid
    }
}

extension Frame {
    mutating func draw(_ layer: Layer, _ layout: Layout) {
        // On one line there is no room for a question: it says so and goes on showing the run.
        guard layout.kind != .line else {
            let line = layout.header
            fill(line, .surfaceRaised)
            let x = draw(
                " \(model.place.word) ", at: line.x, line.y, model.place.isProduction ? .envProd : .envSafe,
                limit: line.width)
            let words = [" larger screen needed; Esc goes back", " too small; Esc", " Esc"]
            let text = words.first { CellText($0).width <= line.right - x } ?? ""
            draw(text, at: x, line.y, .text, on: .surfaceRaised, limit: line.right - x)
            return
        }
        switch layer {
        case .help(let first): help(first)
        case .notices(let first): notices(first)
        case .filter(let list): filter(list)
        case .palette(let palette): self.palette(palette)
        case .themes(let cursor, _): themes(cursor)
        case .confirmation(let confirmation): self.confirmation(confirmation)
        case .triage(let cause): triage(cause)
        case .waive(let waiving): waive(waiving)
        case .unrehearsed(let unrehearsed): self.unrehearsed(unrehearsed)
        case .video(let detail): video(detail)
        case .compare(let comparing): compare(comparing)
        }
    }
}
