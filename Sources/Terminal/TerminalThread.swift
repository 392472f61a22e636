// SPDX-License-Identifier: Apache-2.0
import CNcurses
import Glibc
import Synchronization

/// The one thread that may touch ncurses. It runs the jobs of an actor and, in between, waits for the terminal.
///
/// ncurses keeps all it knows in variables that no lock guards.
final class TerminalThread: SerialExecutor {
    /// What came from outside.
    enum Happening: Sendable, Hashable {
        /// There are bytes to read.
        case input
        /// The terminal is gone.
        case hangUp
        case signal(Int32)
        /// As long as was asked for, nothing came.
        case silence
    }

    /// Told on this thread. It answers how long a silence it wants to hear of, nil for never.
    typealias Listener = @Sendable (Happening) -> Duration?

    private struct State {
        var jobs: [UnownedJob] = []
        var isStopped = false
        var listener: Listener?
        /// nil: the terminal is not looked at.
        var terminal: Int32?
        var thread: pthread_t?
    }

    private let state = Mutex(State())
    private let readEnd: Int32
    /// Bytes written to it wake the thread. A signal's number is that signal; 0 only wakes. It never blocks.
    let wakeEnd: Int32

    /// Starts the thread; it runs until ``stop()``.
    init() throws(TerminalUnavailable) {
        var (readEnd, wakeEnd): (Int32, Int32) = (-1, -1)
        guard cn_make_pipe(&readEnd, &wakeEnd) else {
            throw TerminalUnavailable("no pipe for signals: \(String(cString: strerror(errno)))")
        }
        (self.readEnd, self.wakeEnd) = (readEnd, wakeEnd)
        var thread = pthread_t()
        let itself = Unmanaged.passRetained(self)
        let made = pthread_create(
            &thread, nil,
            { pointer in
                if let pointer { Unmanaged<TerminalThread>.fromOpaque(pointer).takeRetainedValue().run() }
                return nil
            }, itself.toOpaque())
        guard made == 0 else {
            itself.release()
            throw TerminalUnavailable("no thread for the terminal: \(String(cString: strerror(made)))")
        }
        pthread_detach(thread)
    }

    deinit {
        // Its number may soon be another file's.
        cn_release_signals(wakeEnd)
        close(readEnd)
        close(wakeEnd)
    }

    func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        let isFirst = state.withLock { state in
            state.jobs.append(job)
            return state.jobs.count == 1
        }
        if isFirst { wake() }
    }

    /// Ends the thread once its jobs are done. May be called on any thread, and twice.
    func stop() {
        state.withLock { $0.isStopped = true }
        wake()
    }

    /// Tells `listener` of signals written to ``wakeEnd`` and of what happens to the terminal, if one is given.
    func listen(to terminal: Int32?, _ listener: Listener?) {
        state.withLock { state in
            state.terminal = terminal
            state.listener = listener
        }
        wake()
    }

    /// Goes on hearing signals, but looks at the terminal no more.
    func ignoreTerminal() { state.withLock { $0.terminal = nil } }

    func checkIsolated() {
        let thread = state.withLock { $0.thread }
        precondition(thread.map { pthread_equal($0, pthread_self()) != 0 } ?? false, "not on the terminal's thread")
    }

    private func wake() {
        var byte: UInt8 = 0
        write(wakeEnd, &byte, 1)
    }

    private func run() {
        cn_name_thread("terminal")
        cn_unblock_signals()
        state.withLock { $0.thread = pthread_self() }
        var silence: ContinuousClock.Instant?
        while true {
            let terminal = state.withLock { $0.terminal }
            if terminal == nil { silence = nil }
            var descriptors = [
                pollfd(fd: readEnd, events: Int16(POLLIN), revents: 0),
                // poll passes over a descriptor below zero.
                pollfd(fd: terminal ?? -1, events: Int16(POLLIN), revents: 0),
            ]
            let ready = poll(&descriptors, 2, Self.milliseconds(until: silence))
            if ready < 0 { continue }
            let signals = descriptors[0].revents == 0 ? [] : drain()
            if runJobs() { return }
            for number in signals { hear(.signal(number), &silence) }
            // A job or a signal may have closed the terminal.
            guard let terminal, state.withLock({ $0.terminal }) == terminal else { continue }
            let happened = Int32(descriptors[1].revents)
            if happened & (POLLHUP | POLLERR | POLLNVAL) != 0 {
                hear(.hangUp, &silence)
            } else if happened & POLLIN != 0 {
                hear(.input, &silence)
            } else if let end = silence, end <= .now {
                hear(.silence, &silence)
            }
        }
    }

    private func hear(_ happening: Happening, _ silence: inout ContinuousClock.Instant?) {
        let wanted = state.withLock { $0.listener }?(happening)
        silence = wanted.map { .now + $0 }
    }

    /// True when there is nothing left to do, ever.
    private func runJobs() -> Bool {
        while true {
            let (jobs, isStopped) = state.withLock { state in
                let jobs = state.jobs
                state.jobs = []
                return (jobs, state.isStopped)
            }
            if jobs.isEmpty { return isStopped }
            for job in jobs { job.runSynchronously(on: asUnownedSerialExecutor()) }
        }
    }

    private func drain() -> [Int32] {
        var signals: [Int32] = []
        var bytes = [UInt8](repeating: 0, count: 64)
        while case let count = read(readEnd, &bytes, bytes.count), count > 0 {
            signals += bytes.prefix(count).filter { $0 != 0 }.map(Int32.init)
        }
        return signals
    }

    /// Rounded up, so that a silence is over when it is looked at.
    private static func milliseconds(until instant: ContinuousClock.Instant?) -> Int32 {
        guard let instant else { return -1 }
        let left = ContinuousClock.now.duration(to: instant)
        return Int32(max(0, min(60_000, (left / .milliseconds(1)).rounded(.up))))
    }
}
