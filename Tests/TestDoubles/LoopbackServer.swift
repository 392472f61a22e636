// SPDX-License-Identifier: Apache-2.0
import Foundation
import Synchronization

#if canImport(Darwin)
import Darwin
#else
import Glibc
#endif

/// A server on this machine that answers as a test tells it to. It speaks just as much HTTP as our client does.
package final class LoopbackServer: Sendable {
    /// What came.
    package struct Request: Sendable {
        package let method: String
        /// Path and query, as they were sent.
        package let target: String
        /// By their names in lower case.
        package let headers: [String: String]
        package let body: [UInt8]
    }

    /// What is done about it.
    package enum Reply: Sendable {
        case answer(Int, [(String, String)] = [], body: [UInt8] = [])
        /// Bytes as they are, and the connection is closed behind them.
        case bytes([UInt8])
        /// The connection is reset.
        case reset
        /// Nothing, until the other side has had enough.
        case silence
    }

    private struct State {
        var connections = 0
        var atOnce = 0
        var mostAtOnce = 0
        var requests: [Request] = []
    }

    package let port: UInt16
    package var address: String { "http://127.0.0.1:\(port)" }
    private let listener: Int32
    private let state = Mutex(State())
    private let reply: @Sendable (Request) -> Reply

    /// How many connections were ever opened to it.
    package var connections: Int { state.withLock { $0.connections } }
    /// The most requests that it had in hand at the same moment.
    package var mostAtOnce: Int { state.withLock { $0.mostAtOnce } }
    package var requests: [Request] { state.withLock { $0.requests } }

    package init(_ reply: @escaping @Sendable (Request) -> Reply) throws {
        let listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        self.listener = listener
        var yes: Int32 = 1
        setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &yes, socklen_t(MemoryLayout<Int32>.size))
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let isBound = withUnsafeMutablePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
                bind(listener, address, length) == 0 && listen(listener, 128) == 0
                    && getsockname(listener, address, &length) == 0
            }
        }
        guard isBound else { throw CocoaError(.fileReadUnknown) }
        port = UInt16(bigEndian: address.sin_port)
        self.reply = reply
        let serve: @Sendable (Int32) -> Void = { [weak self] connection in self?.serve(connection) }
        let thread = Thread {
            // Ends when the listener is shut.
            while case let connection = accept(listener, nil, nil), connection >= 0 {
                Thread { serve(connection) }.start()
            }
        }
        thread.start()
    }

    package func stop() { shutdown(listener, Int32(SHUT_RDWR)) }

    deinit {
        stop()
        close(listener)
    }

    private func serve(_ connection: Int32) {
        state.withLock { $0.connections += 1 }
        defer { close(connection) }
        while let request = Self.read(from: connection) {
            state.withLock { state in
                state.requests.append(request)
                state.atOnce += 1
                state.mostAtOnce = max(state.mostAtOnce, state.atOnce)
            }
            let reply = reply(request)
            state.withLock { $0.atOnce -= 1 }
            switch reply {
            case .answer(let status, let headers, let body):
                let length =
                    status == 204 || headers.contains { $0.0 == "Content-Length" }
                    ? [] : [("Content-Length", "\(body.count)")]
                let lines = (headers + length).map { "\($0.0): \($0.1)\r\n" }.joined()
                let head = Array("HTTP/1.1 \(status) Said\r\n\(lines)\r\n".utf8)
                Self.write(request.method == "HEAD" ? head : head + body, to: connection)
            case .bytes(let bytes): return Self.write(bytes, to: connection)
            case .reset:
                var linger = linger(l_onoff: 1, l_linger: 0)
                setsockopt(connection, SOL_SOCKET, SO_LINGER, &linger, socklen_t(MemoryLayout.size(ofValue: linger)))
                return
            case .silence:
                var byte: UInt8 = 0
                while recv(connection, &byte, 1, 0) > 0 {}
                return
            }
        }
    }

    /// nil when the other side has gone.
    private static func read(from connection: Int32) -> Request? {
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 65536)
        func more() -> Bool {
            let count = recv(connection, &buffer, buffer.count, 0)
            if count > 0 { bytes += buffer[..<count] }
            return count > 0
        }
        let end = Data("\r\n\r\n".utf8)
        var found = Data(bytes).range(of: end)
        while found == nil {
            guard more() else { return nil }
            found = Data(bytes).range(of: end)
        }
        guard let found else { return nil }
        let lines = String(decoding: bytes[..<found.lowerBound], as: UTF8.self).components(separatedBy: "\r\n")
        let first = lines[0].split(separator: " ")
        var headers: [String: String] = [:]
        for line in lines.dropFirst() {
            let parts = line.split(separator: ":", maxSplits: 1)
            headers[parts[0].lowercased()] = parts.count > 1 ? parts[1].trimmingCharacters(in: .whitespaces) : ""
        }
        let length = headers["content-length"].flatMap(Int.init) ?? 0
        while bytes.count - found.upperBound < length { guard more() else { return nil } }
        return Request(
            method: String(first[0]), target: String(first[1]), headers: headers,
            body: Array(bytes[found.upperBound...]))
    }

    private static func write(_ bytes: [UInt8], to connection: Int32) {
        var sent = 0
        while sent < bytes.count {
            let count = bytes[sent...].withUnsafeBytes {
                send(connection, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
            }
            if count <= 0 { return }
            sent += count
        }
    }
}
