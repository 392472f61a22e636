// SPDX-License-Identifier: Apache-2.0
import CCurl

/// What happens on the one thread that does transfers: libcurl's handles live here and nowhere else.
final class TransferLoop {
    private let multi: UnsafeMutableRawPointer
    private let inbox: Inbox
    private let sockets: SocketWatch
    private let limits: TransferLimits
    private let trust: TrustSettings

    /// Those that have begun leave their places empty.
    private var waiting: [Transfer?] = []
    private var head = 0
    private var active: [EasyHandle: Transfer] = [:]
    private var idle: [EasyHandle] = []
    private var isClosing = false
    /// When deadlines were last looked at.
    private var lastLook = ContinuousClock.now

    init(_ multi: UnsafeMutableRawPointer, _ inbox: Inbox, _ limits: TransferLimits, _ trust: TrustSettings) {
        self.multi = multi
        self.inbox = inbox
        sockets = SocketWatch(multi, inbox.alarm)
        self.limits = limits
        self.trust = trust
        _ = mallow_curl_multi_set_number(multi, CURLMOPT_MAX_TOTAL_CONNECTIONS, limits.connections)
        _ = mallow_curl_multi_set_number(multi, CURLMOPT_MAXCONNECTS, limits.connections)
    }

    /// Until the inbox is closed and everything begun is over.
    func run() {
        while true {
            takeNews()
            startWaiting()
            if isClosing, active.isEmpty { break }
            sockets.wait(atMost: inbox.mayBeWaitedFor() ? Self.longestWait : 0)
            finishDone()
            expireLate()
        }
        for easy in idle { easy.close() }
        curl_multi_cleanup(multi)
    }

    /// Milliseconds; deadlines of ours are looked at no less often.
    private static let longestWait: Int32 = 500

    private func takeNews() {
        for item in inbox.take() {
            switch item {
            case .start(let transfer):
                if transfer.isCancelled { transfer.abandon() } else { waiting.append(transfer) }
            case .cancel(let transfer): cancel(transfer)
            case .close: isClosing = true
            }
        }
    }

    private func cancel(_ transfer: Transfer) {
        let wasBegun = transfer.easy.map { active[$0] === transfer } ?? false
        if let easy = transfer.easy, wasBegun {
            release(easy)
            transfer.abandon()
        } else if let place = waiting[head...].firstIndex(where: { $0 === transfer }) {
            waiting[place] = nil
            transfer.abandon()
        } else {
            // Over already, or not come yet.
            transfer.isCancelled = true
        }
    }

    private func startWaiting() {
        while head < waiting.count, active.count < limits.connections {
            guard let transfer = waiting[head] else {
                head += 1
                continue
            }
            guard let easy = idle.popLast() ?? EasyHandle() else { break }
            waiting[head] = nil
            head += 1
            transfer.prepare(easy, limits, trust)
            active[easy] = transfer
            curl_multi_add_handle(multi, easy.pointer)
        }
        if head == waiting.count || head > 1024 {
            waiting.removeFirst(head)
            head = 0
        }
    }

    private func finishDone() {
        var left: Int32 = 0
        while let message = curl_multi_info_read(multi, &left) {
            guard message.pointee.msg == CURLMSG_DONE, let pointer = message.pointee.easy_handle else { continue }
            let code = mallow_curl_result(message)
            let easy = EasyHandle(pointer)
            guard let transfer = active[easy] else { continue }
            inbox.count(connections: easy.number(CURLINFO_NUM_CONNECTS))
            transfer.finish(code)
            release(easy)
        }
    }

    private func expireLate() {
        let now = ContinuousClock.now
        guard now - lastLook > .milliseconds(Int64(Self.longestWait) / 2) else { return }
        lastLook = now
        let latest = now - limits.firstByte
        for (easy, transfer) in active where transfer.lastSent < latest && !transfer.hasBegunToAnswer {
            inbox.count(connections: easy.number(CURLINFO_NUM_CONNECTS))
            transfer.expire("no byte of a response for \(limits.firstByte)")
            release(easy)
        }
    }

    /// Takes a handle out of its transfer; one in the middle of it closes its connection.
    private func release(_ easy: EasyHandle) {
        curl_multi_remove_handle(multi, easy.pointer)
        easy.reset()
        // Not before: until then the handle knows the transfer's memory.
        active[easy] = nil
        idle.append(easy)
    }
}
