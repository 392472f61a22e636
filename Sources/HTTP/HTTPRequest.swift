// SPDX-License-Identifier: Apache-2.0

/// One header as it goes over the wire.
package struct HTTPHeader: Sendable, Hashable {
    package let name: String
    package let value: String

    package init(_ name: String, _ value: String) {
        self.name = name
        self.value = value
    }
}

/// A request, complete: nothing is added to it but `Host`, `Content-Length`, `Accept` and `User-Agent`.
package struct HTTPRequest: Sendable {
    package enum Method: String, Sendable, Hashable {
        case get = "GET"
        case head = "HEAD"
        case put = "PUT"
        case delete = "DELETE"
    }

    package let method: Method
    /// Sent byte for byte: whoever makes it encodes its path and query.
    package let url: String
    package var headers: [HTTPHeader]
    /// Sent with PUT alone.
    package let body: [UInt8]
    /// The transfer fails when the response has more bytes than this.
    package let mostBytes: Int
    /// Takes the body of a 200 instead of the response, which then has none.
    package let sink: (any BodySink)?
    /// Whether no proxy may be asked, whatever the environment names: for what this machine tells about itself.
    package let isDirect: Bool

    package init(
        _ method: Method, _ url: String, headers: [HTTPHeader] = [], body: [UInt8] = [], mostBytes: Int = 1 << 20,
        sink: (any BodySink)? = nil, isDirect: Bool = false
    ) {
        self.method = method
        self.url = url
        self.headers = headers
        self.body = body
        self.mostBytes = mostBytes
        self.sink = sink
        self.isDirect = isDirect
    }
}

/// Takes the bytes of a body as they come, on the thread of the transfers: it has to be quick.
package protocol BodySink: Sendable {
    /// A body begins: what came before, of a request that is sent again, does not count.
    func begin()
    func take(_ bytes: UnsafeRawBufferPointer)
}

/// A response that came whole.
package struct HTTPResponse: Sendable {
    package let status: Int
    /// In the order in which they came.
    package let headers: [HTTPHeader]
    /// Empty where a ``BodySink`` has taken it.
    package let body: [UInt8]
    /// Seconds for which the server wants to be left alone, however it wrote them; nil when it did not say.
    package let retryAfter: Int?

    package init(status: Int, headers: [HTTPHeader], body: [UInt8], retryAfter: Int? = nil) {
        self.status = status
        self.headers = headers
        self.body = body
        self.retryAfter = retryAfter
    }

    /// The first value of a header, whose name may be written in any case.
    ///
    /// - Parameter name: in lower case.
    package subscript(name: String) -> String? {
        headers.first { $0.name.utf8.count == name.utf8.count && $0.name.lowercased() == name }?.value
    }
}
