// SPDX-License-Identifier: Apache-2.0
import CNcurses
import Canvas
import Foundation

/// ncurses, and the terminal in its hands. On one thread; see ``TerminalThread``.
actor Screen {
    nonisolated let thread: TerminalThread
    nonisolated var unownedExecutor: UnownedSerialExecutor { thread.asUnownedSerialExecutor() }

    private let events: AsyncStream<TerminalEvent>.Continuation
    /// nil before it is opened and after it is closed.
    private var screen: OpaquePointer?
    private var environment: [String: String] = [:]
    private(set) var size = Size(0, 0)
    private var drawing = Drawing(.mono, encodesUnicode: false)
    private var decoder = InputDecoder(escapeDelay: .zero)
    private var hasMouse = false
    /// Where standard error went before.
    private var standardError: Int32 = -1
    private(set) var statistics = Terminal.Statistics()

    init(on thread: TerminalThread, _ events: AsyncStream<TerminalEvent>.Continuation) {
        self.thread = thread
        self.events = events
    }

    // Opening and closing.

    /// In an order in which nothing can be left half done: what can fail comes before the terminal is touched.
    func open(_ options: TerminalOptions) throws(TerminalUnavailable) -> Capabilities {
        guard isatty(STDIN_FILENO) == 1, isatty(STDOUT_FILENO) == 1 else {
            throw TerminalUnavailable("standard input and output are no terminal")
        }
        // ncurses may be at work on another thread, so this comes before any use of it.
        guard cn_catch_signals(thread.wakeEnd) else {
            throw TerminalUnavailable("the terminal is open already")
        }
        defer { if screen == nil { giveProcessBack() } }
        environment = ProcessInfo.processInfo.environment
        let codeset = Self.adoptLocale()
        let ladder = try Ladder(environment, asked: options.colours) { name in
            var entry = cn_entry()
            guard cn_find_entry(name, &entry) else { return nil }
            return Ladder.Entry(colours: Int(entry.colours), isDirect: entry.is_direct, canMove: entry.can_move)
        }
        let log = Glibc.open(options.errorLog, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o600)
        guard log >= 0 else {
            throw TerminalUnavailable("cannot write \(options.errorLog): \(String(cString: strerror(errno)))")
        }
        defer { Glibc.close(log) }
        standardError = fcntl(STDERR_FILENO, F_DUPFD_CLOEXEC, 3)
        guard cn_arm_guard(STDIN_FILENO, standardError, "Stopped by a fault; see \(options.errorLog)\n"),
            let screen = Self.newScreen(ladder.entries)
        else {
            throw TerminalUnavailable("the terminal of type '\(environment["TERM"] ?? "")' cannot be opened")
        }
        self.screen = screen
        let colours = Self.prepare(ladder.colours)
        dup2(log, STDERR_FILENO)
        drawing = Drawing(colours, encodesUnicode: codeset == "UTF-8")
        decoder = InputDecoder(escapeDelay: Ladder.escapeDelay(environment))
        resize()
        send(Modes.on)
        thread.listen(to: STDIN_FILENO) { [weak self] happening in
            self?.assumeIsolated { $0.heard(happening) }
        }
        return Capabilities(
            colours: colours,
            characters: Ladder.characters(environment, codeset: codeset, asked: options.characters)
        )
    }

    func close(_ farewell: String?) {
        guard let screen else { return }
        thread.listen(to: nil, nil)
        leave()
        delscreen(screen)
        self.screen = nil
        giveProcessBack()
        if let farewell { send(farewell + "\n") }
        end()
    }

    private func giveProcessBack() {
        if standardError >= 0 {
            dup2(standardError, STDERR_FILENO)
            Glibc.close(standardError)
            standardError = -1
        }
        cn_disarm_guard()
        cn_release_signals(thread.wakeEnd)
    }

    /// The operator's locale; where nobody chose one, that is "C", a UTF-8 one, since terminals are.
    ///
    /// - Returns: what characters are encoded in.
    private static func adoptLocale() -> String {
        setlocale(LC_ALL, "")
        // Numbers are written for programs too.
        setlocale(LC_NUMERIC, "C")
        if String(cString: cn_codeset()) == "ANSI_X3.4-1968" { setlocale(LC_CTYPE, "C.UTF-8") }
        return String(cString: cn_codeset())
    }

    private static func newScreen(_ entries: [String]) -> OpaquePointer? {
        for name in entries {
            let compiled = DirectColourEntry.all.first { $0.name == name }?.terminfo
            if let screen = withTerminfo(compiled, { cn_open(name) }) { return screen }
        }
        return nil
    }

    /// With the terminal database replaced by one entry.
    private static func withTerminfo<Value>(_ compiled: String?, _ body: () -> Value) -> Value {
        guard let compiled else { return body() }
        let before = getenv("TERMINFO").map { String(cString: $0) }
        setenv("TERMINFO", compiled, 1)
        defer { if let before { setenv("TERMINFO", before, 1) } else { unsetenv("TERMINFO") } }
        return body()
    }

    /// - Returns: the colours there really are.
    private static func prepare(_ colours: Capabilities.Colours) -> Capabilities.Colours {
        raw()
        noecho()
        nonl()
        cn_ignore_typeahead()
        // The form of the cursor keys that entries describe; the other one is understood too.
        keypad(cn_screen(), true)
        leaveok(cn_screen(), true)
        curs_set(0)
        guard colours > .mono, start_color() == OK, use_default_colors() == OK else { return .mono }
        // An entry that was opened in place of another one may have fewer.
        return min(colours, Capabilities.Colours.allCases.last { $0.rawValue <= max(0, cn_colours()) } ?? .mono)
    }

    // What comes from outside.

    private func heard(_ happening: TerminalThread.Happening) -> Duration? {
        switch happening {
        case .input: readInput()
        case .hangUp: end()
        case .silence: send(decoder.silence())
        case .signal(SIGWINCH): resized()
        case .signal(SIGTSTP): suspend()
        case .signal(SIGCONT): takeBack()
        case .signal: end()
        }
        return decoder.patience
    }

    private func readInput() {
        var bytes = [UInt8](repeating: 0, count: 4096)
        let count = read(STDIN_FILENO, &bytes, bytes.count)
        if count > 0 {
            send(decoder.read(bytes.prefix(count)))
        } else if count == 0 || (errno != EINTR && errno != EAGAIN) {
            end()
        }
    }

    private func end() {
        // Its end stays readable for ever.
        thread.ignoreTerminal()
        events.yield(.closed)
        events.finish()
    }

    private func resized() {
        resize()
        // What a terminal shows after its size changed is its own affair.
        clearok(cn_shown(), true)
        drawing.forget()
        events.yield(.resized(size))
    }

    private func resize() {
        var (columns, rows): (Int32, Int32) = (0, 0)
        if cn_size(STDOUT_FILENO, &columns, &rows) { resize_term(rows, columns) }
        size = Size(Int(getmaxx(cn_screen())), Int(getmaxy(cn_screen())))
    }

    // Drawing.

    func show(_ grid: Grid) {
        guard screen != nil else { return }
        statistics.frames += 1
        let rows = drawing.put(grid, on: size)
        statistics.rows += rows
        if rows > 0 { flush() }
    }

    func redraw() {
        guard screen != nil else { return }
        clearok(cn_shown(), true)
        flush()
    }

    /// One frame, which terminals that know how show at once and not in pieces. Not through the C library's buffer: ncurses
    /// has its own, and the order would be lost.
    private func flush() {
        wnoutrefresh(cn_screen())
        send(Modes.beginFrame)
        doupdate()
        send(Modes.endFrame)
    }

    // Everything else.

    func suspend() {
        guard screen != nil else { return }
        leave()
        cn_stop_process()
        takeBack()
    }

    private func leave() {
        send(Modes.off)
        endwin()
    }

    /// After somebody else had the terminal.
    private func takeBack() {
        guard screen != nil else { return }
        reset_prog_mode()
        resized()
        flush()
        send(Modes.on)
        if hasMouse { send(Modes.mouseOn) }
    }

    func setMouse(_ on: Bool) {
        guard screen != nil, on != hasMouse else { return }
        hasMouse = on
        send(on ? Modes.mouseOn : Modes.mouseOff)
    }

    func copy(_ text: String) {
        guard screen != nil else { return }
        send(ClipboardSequence.bytes(text, isInsideTmux: environment["TMUX"] != nil))
    }

    func bell() {
        guard screen != nil else { return }
        send("\u{07}")
    }

    private func send(_ events: [TerminalEvent]) {
        for event in events { self.events.yield(event) }
    }

    private func send(_ text: String) { send(Array(text.utf8)) }

    /// Blocks while the terminal takes nothing. A terminal that is gone takes all.
    private func send(_ bytes: [UInt8]) {
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { write(STDOUT_FILENO, $0.baseAddress, $0.count) }
            if count > 0 {
                rest = rest.dropFirst(count)
            } else if count == 0 || errno != EINTR {
                return
            }
        }
    }
}
