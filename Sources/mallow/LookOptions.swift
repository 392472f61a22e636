// SPDX-License-Identifier: Apache-2.0
import ArgumentParser
import Canvas
import Themes

/// How the screen looks.
struct LookOptions: ParsableArguments {
    @Option(help: ArgumentHelp("A theme by its name; T in the console shows them all.", valueName: "NAME"))
    var theme: String?

    @Option(
        help: ArgumentHelp("Colours: 24, 256, 16, 8 or none. Default: found out.", valueName: "auto|24|256|16|8|none"))
    var color = "auto"

    @Flag(help: "Draw with ASCII characters only.")
    var ascii = false

    func validate() throws {
        guard ["auto", "24", "256", "16", "8", "none"].contains(color) else {
            throw ValidationError("--color \(color): auto, 24, 256, 16, 8 or none.")
        }
    }

    var colours: Capabilities.Colours? {
        switch color {
        case "24": .direct
        case "256": .indexed
        case "16": .sixteen
        case "8": .eight
        case "none": .mono
        default: nil
        }
    }

    var characters: Capabilities.Characters? { ascii ? .ascii : nil }

    func theme(on shelf: ThemeShelf, remembered: String?) throws -> Theme {
        if let theme {
            guard let found = shelf[theme] else {
                throw UsageError("--theme \(theme): there is none of that name; mallow theme list shows them.")
            }
            return found
        }
        return remembered.flatMap { shelf[$0] } ?? shelf.preferred(for: .dark)
    }
}
