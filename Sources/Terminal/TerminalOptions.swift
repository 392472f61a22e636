// SPDX-License-Identifier: Apache-2.0
package import Canvas

/// What an operator may decide about the terminal; all else is found out.
package struct TerminalOptions: Sendable, Hashable {
    /// nil: what the environment and the terminal database say. Never more than the terminal can be told to show.
    package var colours: Capabilities.Colours?
    /// nil: what the locale and the terminal's type say. Without UTF-8 it is ASCII whatever is asked.
    package var characters: Capabilities.Characters?
    /// The file that takes what is written to standard error while the screen is up. It is made when it is missing, and
    /// appended to.
    package var errorLog: String

    package init(
        colours: Capabilities.Colours? = nil,
        characters: Capabilities.Characters? = nil,
        errorLog: String
    ) {
        self.colours = colours
        self.characters = characters
        self.errorLog = errorLog
    }
}

/// There is no screen to be had here; whoever asked prints plain lines instead.
package struct TerminalUnavailable: Error, Hashable, CustomStringConvertible {
    /// Why, in words for the operator.
    package let reason: String

    package init(_ reason: String) { self.reason = reason }

    package var description: String { reason }
}
