// SPDX-License-Identifier: Apache-2.0
import CCurl
import Foundation

/// Does HTTP transfers on one thread, over connections that it keeps and uses again.
///
/// Certificates and host names are verified. Redirects are not followed. Whatever was begun is ended when this is let go.
package final class CurlLoop: Sendable {
    /// Counts since the loop was made.
    package struct Statistics: Sendable, Hashable {
        /// Transfers that are over, however they ended; those that were cancelled are not counted.
        package internal(set) var transfers = 0
        /// Connections that were opened for them.
        package internal(set) var connections = 0
    }

    private let inbox: Inbox

    /// Starts the thread.
    package init(_ limits: TransferLimits, trust: TrustSettings = TrustSettings()) {
        curl_global_init(Int(CURL_GLOBAL_DEFAULT))
        guard let multi = curl_multi_init() else { preconditionFailure("there is memory for a handle of libcurl") }
        let inbox = Inbox()
        self.inbox = inbox
        nonisolated(unsafe) let loop = TransferLoop(multi, inbox, limits, trust)  // its own thread alone has it
        let thread = Thread { loop.run() }
        thread.name = "transfers"
        thread.start()
    }

    deinit { inbox.add(.close) }

    package var statistics: Statistics { inbox.statistics }

    /// Sends a request and waits for its whole response, whatever its status; waits its turn where all connections are
    /// in use, and its deadlines begin after that. Suspends the caller, never blocks it.
    ///
    /// A request without a body on a kept connection that turns out to be dead is sent once more by libcurl; one with a
    /// body, of which a byte was sent, is not.
    ///
    /// - Throws: ``TransferError``, `CancellationError`.
    package func perform(_ request: HTTPRequest) async throws -> HTTPResponse {
        let ticket = Ticket()
        return try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                let transfer = Transfer(request, continuation)
                if ticket.isCancelled(after: transfer) { transfer.isCancelled = true }
                inbox.add(.start(transfer))
            }
        } onCancel: {
            if let transfer = ticket.cancel() { inbox.add(.cancel(transfer)) }
        }
    }
}
