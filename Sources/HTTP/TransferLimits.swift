// SPDX-License-Identifier: Apache-2.0

/// How many transfers at once, and how long each of their parts may take.
package struct TransferLimits: Sendable, Hashable {
    /// Connections, and so transfers in flight; the others wait their turn.
    package var connections: Int
    /// Until a connection stands, its name looked up and its TLS handshake included. Resolvers wait five seconds for a name
    /// server before they ask the next.
    package var connect: Duration
    /// From the last byte that was sent until the first byte of the response.
    package var firstByte: Duration
    /// Of a transfer from its start to its end; a large body has a second more for each 100 kB.
    package var whole: Duration
    /// For how long nothing may move on a line: the other side's system, or a proxy's, acknowledges nothing that was sent, or
    /// takes no more. Then ours gives it up, even where the transfer or the whole process is gone by then: what lies on a
    /// line that is down for a while does not arrive much later. Longer than until the first byte, whose end says more.
    package var unacknowledged: Duration

    package init(
        connections: Int, connect: Duration = .seconds(9), firstByte: Duration = .seconds(20),
        whole: Duration = .seconds(60), unacknowledged: Duration = .seconds(25)
    ) {
        precondition(connections > 0, "nothing can be transferred without a connection")
        self.connections = connections
        self.connect = connect
        self.firstByte = firstByte
        self.whole = whole
        self.unacknowledged = unacknowledged
    }
}

/// Whom a connection trusts, as users of curl set it.
package struct TrustSettings: Sendable, Hashable {
    /// A file of certificates; nil for the system's own.
    package var bundle: String?
    /// A folder of certificates; nil for the system's own.
    package var folder: String?

    package init(bundle: String? = nil, folder: String? = nil) {
        self.bundle = bundle
        self.folder = folder
    }

    /// `AWS_CA_BUNDLE`, else `CURL_CA_BUNDLE`, else `SSL_CERT_FILE`; and `SSL_CERT_DIR`. Proxies are libcurl's own to
    /// find (`https_proxy`, `no_proxy`).
    package init(environment: [String: String]) {
        func value(_ names: String...) -> String? {
            names.lazy.compactMap { environment[$0] }.first { !$0.isEmpty }
        }
        self.init(bundle: value("AWS_CA_BUNDLE", "CURL_CA_BUNDLE", "SSL_CERT_FILE"), folder: value("SSL_CERT_DIR"))
    }
}

extension Duration {
    /// Rounded up.
    var milliseconds: Int {
        let (seconds, attoseconds) = components
        return Int(seconds) * 1000 + Int((attoseconds + 999_999_999_999_999) / 1_000_000_000_000_000)
    }
}
