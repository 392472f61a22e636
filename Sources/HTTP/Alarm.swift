// SPDX-License-Identifier: Apache-2.0
import CEpoll
import Glibc

/// Wakes a thread that waits in epoll. May be rung from any thread, as long as anybody holds it.
final class Alarm: Sendable {
    /// An eventfd. Watched by its edges, it need never be read: every ring is one.
    let descriptor: Int32

    init() {
        descriptor = eventfd(0, Int32(EFD_CLOEXEC | EFD_NONBLOCK))
        precondition(descriptor >= 0, "there is a file descriptor for an alarm")
    }

    deinit { close(descriptor) }

    func ring() {
        // It can fail in one way only: rung 2^64 times.
        _ = eventfd_write(descriptor, 1)
    }
}
