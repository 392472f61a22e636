// SPDX-License-Identifier: Apache-2.0
import CCurl
import CEpoll
import Glibc

/// Tells libcurl which of its sockets have something for it, and when its timer is over.
///
/// Only what has happened costs anything: asked to look for itself, libcurl would go through every transfer and ask the
/// system about every socket, each time that one of them has a byte. For the loop's thread alone.
final class SocketWatch {
    private let multi: UnsafeMutableRawPointer
    private let epoll: Int32
    private let alarm: Alarm
    private var watched: Set<curl_socket_t> = []
    private var events = [epoll_event](repeating: epoll_event(), count: 64)
    /// When libcurl wants to be called though nothing has happened.
    private var due: ContinuousClock.Instant?

    /// - Parameters:
    ///   - multi: libcurl's handle; what it waits for is told to this from now on. To be freed while this is there.
    ///   - alarm: ends a wait.
    init(_ multi: UnsafeMutableRawPointer, _ alarm: Alarm) {
        self.multi = multi
        self.alarm = alarm
        epoll = epoll_create1(Int32(EPOLL_CLOEXEC))
        precondition(epoll >= 0, "there is a file descriptor for epoll")
        _ = control(EPOLL_CTL_ADD, alarm.descriptor, EPOLLIN.rawValue | EPOLLET.rawValue)
        mallow_curl_multi_watch(
            multi,
            { _, socket, what, context, _ in
                SocketWatch.of(context).watch(socket, what)
                return 0
            },
            { _, milliseconds, context in
                SocketWatch.of(context).due = milliseconds < 0 ? nil : .now + .milliseconds(Int64(milliseconds))
                return 0
            }, Unmanaged.passUnretained(self).toOpaque())
    }

    deinit { close(epoll) }

    /// Waits until something has happened, and lets libcurl do what follows from it.
    ///
    /// - Parameter longest: in milliseconds.
    func wait(atMost longest: Int32) {
        var running: Int32 = 0
        let now = ContinuousClock.now
        var patience = longest
        if let due, due <= now {
            self.due = nil
            patience = 0
            curl_multi_socket_action(multi, Self.timeout, 0, &running)
        } else if let due {
            patience = min(patience, Int32(clamping: (due - now).milliseconds))
        }
        let count = epoll_wait(epoll, &events, Int32(events.count), patience)
        guard count > 0 else { return }
        for event in events[..<Int(count)] where event.data.fd != alarm.descriptor {
            curl_multi_socket_action(multi, event.data.fd, Self.meaning(of: event.events), &running)
        }
    }

    /// `CURL_SOCKET_TIMEOUT`, a cast that Swift does not import.
    private static let timeout: curl_socket_t = -1

    private static func meaning(of happened: UInt32) -> Int32 {
        var meaning: Int32 = 0
        if happened & EPOLLIN.rawValue != 0 { meaning |= CURL_CSELECT_IN }
        if happened & EPOLLOUT.rawValue != 0 { meaning |= CURL_CSELECT_OUT }
        if happened & (EPOLLERR.rawValue | EPOLLHUP.rawValue) != 0 { meaning |= CURL_CSELECT_ERR }
        return meaning
    }

    // MARK: - What libcurl calls

    private static func of(_ context: UnsafeMutableRawPointer?) -> SocketWatch {
        guard let context else { preconditionFailure("libcurl gives back what it was given") }
        return Unmanaged<SocketWatch>.fromOpaque(context).takeUnretainedValue()
    }

    private func watch(_ socket: curl_socket_t, _ what: Int32) {
        guard what != CURL_POLL_REMOVE else {
            watched.remove(socket)
            _ = control(EPOLL_CTL_DEL, socket, 0)
            return
        }
        var wanted: UInt32 = 0
        if what & CURL_POLL_IN != 0 { wanted |= EPOLLIN.rawValue }
        if what & CURL_POLL_OUT != 0 { wanted |= EPOLLOUT.rawValue }
        if watched.contains(socket), control(EPOLL_CTL_MOD, socket, wanted) { return }
        // Or one that was closed and opened again without a word. One that the system does not watch has its transfers run
        // into their deadlines: nothing else is to be done.
        watched.insert(socket)
        _ = control(EPOLL_CTL_ADD, socket, wanted)
    }

    /// - Returns: whether it was done.
    private func control(_ operation: Int32, _ descriptor: Int32, _ wanted: UInt32) -> Bool {
        var event = epoll_event(events: wanted, data: epoll_data_t(fd: descriptor))
        return epoll_ctl(epoll, operation, descriptor, &event) == 0
    }
}
