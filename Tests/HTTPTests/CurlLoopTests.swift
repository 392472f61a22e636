// SPDX-License-Identifier: Apache-2.0
import Foundation
import HTTP
import Synchronization
import TestDoubles
import Testing

@Suite struct CurlLoopTests {
    private let limits = TransferLimits(
        connections: 4, connect: .seconds(2), firstByte: .milliseconds(600), whole: .seconds(3))

    @Test func `a request arrives as it was made and its answer comes back whole`() async throws {
        let server = try LoopbackServer { request in
            .answer(200, [("ETag", "\"e\""), ("X-Blank", " a  b ")], body: request.body.reversed())
        }
        defer { server.stop() }
        let body = (0..<70_000).map { UInt8(truncatingIfNeeded: $0) }
        let answer = try await CurlLoop(limits).perform(
            HTTPRequest(
                .put, "\(server.address)/a/../b%20c?x=1",
                headers: [HTTPHeader("X-Empty", ""), HTTPHeader("X-Word", "é")],
                body: body))
        #expect(answer.status == 200)
        #expect(answer["etag"] == "\"e\"")
        #expect(answer["x-blank"] == "a  b")
        #expect(answer["x-none"] == nil)
        #expect(answer.body == body.reversed())
        let request = try #require(server.requests.first)
        #expect(request.method == "PUT")
        #expect(request.target == "/a/../b%20c?x=1")
        #expect(request.headers["x-empty"] == "")
        #expect(request.headers["x-word"] == "é")
        #expect(request.headers["expect"] == nil)
        #expect(request.headers["content-length"] == "70000")
    }

    @Test func `every method is sent as itself, without a body where it has none`() async throws {
        let server = try LoopbackServer {
            $0.method == "DELETE" ? .answer(204) : .answer(200, body: Array("four".utf8))
        }
        defer { server.stop() }
        let loop = CurlLoop(limits)
        for (method, body) in [(HTTPRequest.Method.get, "four"), (.head, ""), (.delete, ""), (.put, "four")] {
            let answer = try await loop.perform(HTTPRequest(method, server.address + "/x"))
            #expect(String(decoding: answer.body, as: UTF8.self) == body)
        }
        #expect(server.requests.map(\.method) == ["GET", "HEAD", "DELETE", "PUT"])
        #expect(server.requests[3].headers["content-length"] == "0")
    }

    /// Keeps what it was given, and how often a body began.
    private final class Sink: BodySink {
        let state = Mutex((beginnings: 0, bytes: [UInt8]()))

        func begin() { state.withLock { $0 = ($0.beginnings + 1, []) } }
        func take(_ bytes: UnsafeRawBufferPointer) { state.withLock { $0.bytes.append(contentsOf: bytes) } }
    }

    @Test func `a sink takes the body of a 200, and of nothing else`() async throws {
        let body = (0..<300_000).map { UInt8(truncatingIfNeeded: $0 &* 7) }
        let server = try LoopbackServer {
            $0.target == "/whole" ? .answer(200, body: body) : .answer(404, body: [1, 2])
        }
        defer { server.stop() }
        let loop = CurlLoop(limits)
        let sink = Sink()
        let whole = try await loop.perform(HTTPRequest(.get, server.address + "/whole", sink: sink))
        #expect(whole.body.isEmpty)
        #expect(sink.state.withLock { $0.beginnings == 1 && $0.bytes == body })
        let missing = try await loop.perform(HTTPRequest(.get, server.address + "/none", sink: sink))
        #expect(missing.body == [1, 2])
        #expect(sink.state.withLock { $0.beginnings } == 1)
        await #expect(throws: TransferError.self) {
            _ = try await loop.perform(
                HTTPRequest(.get, server.address + "/whole", mostBytes: body.count - 1, sink: sink))
        }
    }

    @Test func `for how long a server wants to be left alone is read in both its forms`() async throws {
        let server = try LoopbackServer { request in
            let value = String(request.target.dropFirst().replacing("_", with: " "))
            return .answer(503, value.isEmpty ? [] : [("Retry-After", value)])
        }
        defer { server.stop() }
        let loop = CurlLoop(limits)
        func seconds(_ value: String) async throws -> Int? {
            try await loop.perform(HTTPRequest(.get, "\(server.address)/\(value)")).retryAfter
        }
        #expect(try await seconds("7") == 7)
        #expect(try await seconds("0") == nil)
        #expect(try await seconds("") == nil)
        #expect(try await seconds("soon") == nil)
        #expect(try await seconds("-5") == nil)
        #expect(try await seconds("Sun,_06_Nov_1994_08:49:37_GMT") == nil, "it is over")
        #expect(try #require(try await seconds("Fri,_31_Dec_2100_23:59:59_GMT")) > 86_400)
    }

    @Test func `connections are used again, and no more are open than transfers may be in flight`() async throws {
        let server = try LoopbackServer { _ in .answer(200, body: [1]) }
        defer { server.stop() }
        let loop = CurlLoop(limits)
        try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<400 {
                group.addTask { _ = try await loop.perform(HTTPRequest(.get, server.address)) }
            }
            try await group.waitForAll()
        }
        #expect(server.connections <= 4)
        #expect(server.mostAtOnce <= 4)
        #expect(loop.statistics.transfers == 400)
        #expect(loop.statistics.connections == server.connections)
    }

    @Test func `what was refused a connection has not arrived`() async throws {
        let server = try LoopbackServer { _ in .answer(200) }
        defer { server.stop() }
        let address = server.address
        server.stop()
        let error = await #expect(throws: TransferError.self) {
            _ = try await CurlLoop(limits).perform(HTTPRequest(.put, address, body: [1]))
        }
        #expect(error?.mayHaveArrived == false)
        #expect(error?.code == 7)
    }

    @Test func `what was reset, cut off, or not answered may have arrived`() async throws {
        let part = Array("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf".utf8)
        for reply in [LoopbackServer.Reply.reset, .bytes(part), .bytes([]), .silence] {
            let server = try LoopbackServer { _ in reply }
            defer { server.stop() }
            let error = await #expect(throws: TransferError.self) {
                _ = try await CurlLoop(limits).perform(HTTPRequest(.put, server.address, body: [1]))
            }
            #expect(error?.mayHaveArrived == true, "\(reply)")
        }
    }

    @Test func `what nobody takes from the line is given up`() async throws {
        // It listens, and nobody ever reads what comes.
        let deaf = try DeafServer()
        let limits = TransferLimits(
            connections: 1, firstByte: .seconds(20), whole: .seconds(20), unacknowledged: .seconds(1))
        let body = [UInt8](repeating: 1, count: 16 << 20)
        let error = await #expect(throws: TransferError.self) {
            _ = try await CurlLoop(limits).perform(HTTPRequest(.put, deaf.address, body: body))
        }
        #expect(error?.mayHaveArrived == true)
        #expect(error?.code != 28, "it is the system that gives up, and no deadline of ours")
    }

    /// A socket that connections can be made to, and that is never read.
    private final class DeafServer {
        let address: String
        private let listener: Int32

        init() throws {
            let listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
            self.listener = listener
            var place = sockaddr_in()
            place.sin_family = sa_family_t(AF_INET)
            place.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
            var size = socklen_t(MemoryLayout<sockaddr_in>.size)
            let isListening = withUnsafeMutablePointer(to: &place) { pointer in
                pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { place in
                    bind(listener, place, size) == 0 && listen(listener, 8) == 0
                        && getsockname(listener, place, &size) == 0
                }
            }
            try #require(isListening)
            address = "http://127.0.0.1:\(UInt16(bigEndian: place.sin_port))/"
        }

        deinit { close(listener) }
    }

    @Test func `an answer with too many bytes is given up`() async throws {
        let server = try LoopbackServer { _ in .answer(200, body: [UInt8](repeating: 0, count: 2000)) }
        defer { server.stop() }
        let error = await #expect(throws: TransferError.self) {
            _ = try await CurlLoop(limits).perform(HTTPRequest(.get, server.address, mostBytes: 1999))
        }
        #expect(error?.words == "the response has more than 1999 bytes")
    }

    @Test func `a redirect is an answer`() async throws {
        let server = try LoopbackServer { _ in .answer(307, [("Location", "/elsewhere")]) }
        defer { server.stop() }
        #expect(try await CurlLoop(limits).perform(HTTPRequest(.get, server.address)).status == 307)
        #expect(server.requests.count == 1)
    }

    @Test func `nothing but HTTP is spoken`() async throws {
        await #expect(throws: TransferError.self) {
            _ = try await CurlLoop(limits).perform(HTTPRequest(.get, "file:///etc/hostname"))
        }
    }

    @Test func `a transfer that nobody waits for any more is ended, in flight or in the queue`() async throws {
        let server = try LoopbackServer { $0.target == "/quick" ? .answer(200) : .silence }
        defer { server.stop() }
        let loop = CurlLoop(TransferLimits(connections: 2, firstByte: .seconds(600), whole: .seconds(600)))
        let tasks = (0..<6).map { _ in Task { try await loop.perform(HTTPRequest(.get, server.address + "/slow")) } }
        while server.requests.count < 2 { await Task.yield() }
        for task in tasks { task.cancel() }
        for task in tasks {
            await #expect(throws: CancellationError.self) { _ = try await task.value }
        }
        // The loop goes on.
        #expect(try await loop.perform(HTTPRequest(.get, server.address + "/quick")).status == 200)
        let late = Task {
            withUnsafeCurrentTask { $0?.cancel() }
            return try await loop.perform(HTTPRequest(.get, server.address + "/quick"))
        }
        await #expect(throws: CancellationError.self) { _ = try await late.value }
    }

    @Test func `the environment names whom to trust as users of curl expect`() {
        #expect(TrustSettings(environment: [:]) == TrustSettings())
        #expect(
            TrustSettings(environment: ["CURL_CA_BUNDLE": "/a", "SSL_CERT_DIR": "/d"])
                == TrustSettings(bundle: "/a", folder: "/d"))
        #expect(TrustSettings(environment: ["AWS_CA_BUNDLE": "/b", "CURL_CA_BUNDLE": "/a"]).bundle == "/b")
        #expect(TrustSettings(environment: ["SSL_CERT_FILE": "/c", "CURL_CA_BUNDLE": ""]).bundle == "/c")
    }

    @Test func `a body that was sent on a kept connection that dies is not sent again`() async throws {
        let server = try LoopbackServer { $0.target == "/die" ? .reset : .answer(200) }
        defer { server.stop() }
        let loop = CurlLoop(TransferLimits(connections: 1))
        _ = try await loop.perform(HTTPRequest(.put, server.address + "/live", body: [1]))
        let error = await #expect(throws: TransferError.self) {
            _ = try await loop.perform(
                HTTPRequest(.put, server.address + "/die", body: [UInt8](repeating: 1, count: 20_000)))
        }
        #expect(error?.mayHaveArrived == true)
        #expect(server.requests.map(\.target) == ["/live", "/die"])
    }
}
