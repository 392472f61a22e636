// SPDX-License-Identifier: Apache-2.0
import Canvas
import Foundation
import Themes

/// Writes styled text into a stream of lines, where the console's own screen does not run.
struct Brush {
    /// nil where nothing but plain text can be written.
    let colours: Capabilities.Colours?

    /// What standard output can show, by the environment alone: a line is printed before any terminal is asked.
    static var standardOutput: Brush {
        let environment = ProcessInfo.processInfo.environment
        return Brush(isTerminal: Output.isTerminal, environment: environment)
    }

    init(isTerminal: Bool, environment: [String: String]) {
        let term = environment["TERM"] ?? "dumb"
        if !isTerminal || term == "dumb" {
            colours = nil
        } else if environment["NO_COLOR"]?.isEmpty == false {
            colours = .mono
        } else if ["truecolor", "24bit"].contains(environment["COLORTERM"]) {
            colours = .direct
        } else {
            colours = term.contains("256color") ? .indexed : .mono
        }
    }

    /// The glyphs of the five states on the theme's surface; nil where only plain text can be written.
    func states(of theme: Theme) -> String? {
        guard let colours else { return nil }
        let glyphs = Glyphs(.narrow)
        let signs = [glyphs.idle, glyphs.active, glyphs.ok, glyphs.attention, glyphs.failed]
        return zip(Role.states, signs).map { role, sign in
            paint(" \(sign) ", theme.style(role, on: .surface, colours))
        }.joined()
    }

    /// A few letters in a role's style; for a plane, text on it. nil where only plain text can be written.
    func sample(of role: Role, in theme: Theme) -> String? {
        guard let colours else { return nil }
        let isPlane = Role.planes.contains(role)
        let style = isPlane ? theme.style(.text, on: role, colours) : theme.style(role, on: .surface, colours)
        let isBar = role == .barFill || role == .barRest || role == .barStall
        return paint(isBar ? " ██████ " : " sample ", style)
    }

    /// ECMA-48, Select Graphic Rendition; everything is switched off again behind the text.
    private func paint(_ text: String, _ style: Style) -> String {
        var codes = style.attributes.codes
        if let colour = style.foreground { codes += code(of: colour, after: 38) }
        if let colour = style.background { codes += code(of: colour, after: 48) }
        return codes.isEmpty ? text : "\u{1B}[\(codes.map(String.init).joined(separator: ";"))m\(text)\u{1B}[0m"
    }

    private func code(of colour: RGB, after start: Int) -> [Int] {
        colours == .direct
            ? [start, 2, Int(colour.red), Int(colour.green), Int(colour.blue)]
            : [start, 5, Int(IndexedColours.nearest(to: colour))]
    }
}

extension Style.Attributes {
    private static let all: [(attribute: Style.Attributes, name: String, code: Int)] = [
        (.bold, "bold", 1), (.dim, "dim", 2), (.italic, "italic", 3), (.underline, "underline", 4),
        (.reverse, "reverse", 7),
    ]

    /// As theme files write them.
    var names: [String] { Self.all.filter { contains($0.attribute) }.map(\.name) }

    fileprivate var codes: [Int] { Self.all.filter { contains($0.attribute) }.map(\.code) }
}
