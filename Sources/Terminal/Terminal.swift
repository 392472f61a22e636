// SPDX-License-Identifier: Apache-2.0
package import Canvas

/// The operator's terminal, while it belongs to the console.
///
/// Everything is done on one thread of its own, in the order it is asked for. Nothing here blocks its caller; a terminal
/// that takes no bytes holds up that thread alone. After ``close(_:)``, or once the terminal is gone, every call is
/// allowed and does nothing.
package final class Terminal: Sendable {
    /// What can be drawn.
    package let capabilities: Capabilities
    /// Keys, pastes, clicks, new sizes. It finishes after `.closed`, which comes when the terminal is gone, when the process
    /// is asked to end (SIGTERM, SIGHUP, SIGINT), and on ``close(_:)``. For one reader.
    package let events: AsyncStream<TerminalEvent>

    private let screen: Screen
    private let thread: TerminalThread

    private init(
        _ capabilities: Capabilities,
        _ events: AsyncStream<TerminalEvent>,
        _ screen: Screen,
        _ thread: TerminalThread
    ) {
        self.capabilities = capabilities
        self.events = events
        self.screen = screen
        self.thread = thread
    }

    deinit { thread.stop() }

    /// Takes the terminal over: full screen, keys unprocessed, signals caught, standard error to a file.
    ///
    /// There is one terminal, so there can be only one at a time; after ``close(_:)`` another one may be opened. The locale
    /// and, for a moment, the environment of the process are changed: call it before other work begins. Whoever opens it
    /// must close it; should the process exit or die of a fault first, the terminal is given back all the same.
    ///
    /// - Throws: ``TerminalUnavailable``; the terminal is then as it was.
    package static func open(_ options: TerminalOptions) async throws -> Terminal {
        let (events, continuation) = AsyncStream.makeStream(of: TerminalEvent.self)
        let thread = try TerminalThread()
        let screen = Screen(on: thread, continuation)
        do {
            let capabilities = try await screen.open(options)
            return Terminal(capabilities, events, screen, thread)
        } catch {
            thread.stop()
            throw error
        }
    }

    /// Columns and rows, as of the last `.resized`.
    package func size() async -> Size { await screen.size }

    /// Draws a frame: only what differs from the last one is sent, and nothing at all when nothing does.
    ///
    /// A grid of another size than the screen is drawn from the top left, cut where it is larger.
    package func show(_ grid: Grid) async { await screen.show(grid) }

    /// How much was drawn so far.
    package var statistics: Statistics { get async { await screen.statistics } }

    /// Counts since the terminal was opened.
    package struct Statistics: Sendable, Hashable {
        /// Frames that were asked for.
        package internal(set) var frames = 0
        /// Rows that differed from the frame before, and so were handed to ncurses.
        package internal(set) var rows = 0
    }

    /// Gives the terminal back and stops the process, as Control-Z does elsewhere; once it is continued, takes the terminal
    /// again, redraws, and sends `.resized`. Where nobody could continue the process it only redraws.
    package func suspend() async { await screen.suspend() }

    /// Draws everything anew, whatever the terminal shows.
    package func redraw() async { await screen.redraw() }

    /// Whether clicks and the wheel are ours. Off at first: while it is on, most terminals select text only with shift held.
    package func setMouse(_ on: Bool) async { await screen.setMouse(on) }

    /// Asks the terminal to put text on the operator's clipboard. It does not tell whether it did.
    package func copy(_ text: String) async { await screen.copy(text) }

    package func bell() async { await screen.bell() }

    /// Gives the terminal back as it was found, and standard error, and prints `farewell` as a line below what was on the
    /// terminal before. A second call does nothing.
    package func close(_ farewell: String? = nil) async { await screen.close(farewell) }
}
