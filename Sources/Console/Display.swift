// SPDX-License-Identifier: Apache-2.0
package import Canvas

/// A terminal as a console uses it.
package protocol Display: Sendable {
    /// Finishes after ``TerminalEvent/closed``.
    var events: AsyncStream<TerminalEvent> { get }
    func show(_ grid: Grid) async
    func redraw() async
    func suspend() async
    func setMouse(_ isTaken: Bool) async
    func copy(_ text: String) async
    func bell() async
}

/// Starts programs that outlive the console.
package protocol EngineStarter: Sendable {
    /// Starts a program in the background and returns; `tell` is called once when it ends, if the console still lives.
    ///
    /// - Throws: ``Failure`` when it cannot be started.
    func start(_ request: LaunchRequest, tell: @escaping @Sendable (EngineEnd) -> Void) throws
}

/// What an operator chose and finds again next time.
package protocol Preferences: Sendable {
    func keepTheme(_ name: String)

    /// Writes a log into a new file beside the ledger.
    ///
    /// - Returns: the file's path.
    /// - Throws: ``Failure`` in the system's own words.
    func keepLog(_ text: String) throws -> String
}
