// SPDX-License-Identifier: Apache-2.0
import Canvas
import Foundation
import Terminal

/// A program that shows what a terminal sends, for tests.
///
///     TerminalProbe ERROR-LOG [COLOURS [CHARACTERS]]
///
/// Keys: q ends, t dies of a fault, x exits without closing and e does it quickly, z stops, m turns the mouse on or off,
/// c copies, b rings, w changes a few cells, h shows wide characters, l redraws, o tries to open the terminal once more,
/// r gives it back and opens it again.

/// What came, newest last.
struct Probe {
    var frame = 0
    var bar = 0
    var hasWideText = false
    var hasMouse = false
    var events: [String] = []
    let options: TerminalOptions
    let terminal: Terminal

    private func grid(_ size: Size) -> Grid {
        let capabilities = terminal.capabilities
        var grid = Grid(size)
        let lines = [
            "frame \(frame)", "size \(size.width)x\(size.height)",
            "colours \(capabilities.colours) characters \(capabilities.characters)",
        ]
        for (y, line) in lines.enumerated() { grid.draw(line, at: Point(0, y), .plain) }
        let ink = Style(RGB(0x11AA33), on: RGB(0x14171C))
        grid.draw("colour", at: Point(0, 3), ink)
        grid.draw("black", at: Point(7, 3), Style(RGB(0x000004), on: RGB(0xFFFFFF)))
        grid.draw("bold", at: Point(13, 3), Style(nil, on: nil, .bold))
        let bar = Bar(Double(bar) / 160, width: 20, capabilities.characters)
        grid.draw("|" + bar.filled + bar.rest + "|", at: Point(0, 4), ink)
        if hasWideText { grid.draw("żółć 日本語 e\u{301} |", at: Point(0, 5), .plain) }
        for (index, event) in events.suffix(max(0, size.height - 7)).enumerated() {
            grid.draw(event, at: Point(0, 6 + index), .plain)
        }
        grid.draw(String(repeating: "=", count: size.width), at: Point(0, size.height - 1), .plain)
        return grid
    }

    mutating func draw() async {
        frame += 1
        await terminal.show(grid(await terminal.size()))
    }

    private mutating func openAgain() async {
        do {
            _ = try await Terminal.open(options)
            events.append("opened twice")
        } catch {
            events.append("refused: \(error)")
        }
    }

    /// Until it is told to end, or has to.
    ///
    /// - Returns: why it ended.
    mutating func run() async -> String {
        await draw()
        for await event in terminal.events {
            events.append("\(event)")
            switch event {
            case .key(.character("q")): return "q"
            case .key(.character("t")): fatalError("the probe was told to die")
            case .key(.character("x")): exit(7)
            case .key(.character("e")): quick_exit(7)
            case .key(.character("z")): await terminal.suspend()
            case .key(.character("m")):
                hasMouse.toggle()
                await terminal.setMouse(hasMouse)
            case .key(.character("c")): await terminal.copy("žluť")
            case .key(.character("b")): await terminal.bell()
            case .key(.character("h")): hasWideText.toggle()
            case .key(.character("l")): await terminal.redraw()
            case .key(.character("w")): bar += 1
            case .key(.character("o")): await openAgain()
            case .key(.character("r")): return "r"
            case .closed: return "closed"
            default: break
            }
            await draw()
        }
        return "no more events"
    }
}

let arguments = CommandLine.arguments
let options = TerminalOptions(
    colours: arguments.count > 2 ? Capabilities.Colours.allCases.first { "\($0)" == arguments[2] } : nil,
    characters: arguments.count > 3 ? Capabilities.Characters.allCases.first { "\($0)" == arguments[3] } : nil,
    errorLog: arguments.count > 1 ? arguments[1] : "/dev/null"
)

do {
    var ending = "r"
    while ending == "r" {
        var probe = Probe(options: options, terminal: try await Terminal.open(options))
        ending = await probe.run()
        await probe.terminal.close("probe ended: \(ending), \(await probe.terminal.statistics.frames) frames")
        await probe.terminal.close("never printed")
    }
    exit(ending == "q" ? 0 : 4)
} catch {
    print("plain: \(error)")
    exit(3)
}
