// SPDX-License-Identifier: Apache-2.0
import Foundation
import MigrationModel

/// The addresses behind a host's name, as numbers in their usual writing.
///
/// All of this machine's own are one: a server is reached by any of them.
struct HostAddresses: Sendable, Hashable {
    private static let thisMachine = "this machine"

    private let addresses: Set<String>

    /// Asks the name servers; blocks until they answer.
    ///
    /// - Parameter more: what may be done, besides, where they say that there is no such name.
    /// - Throws: ``Failure``, of class `transient`, where there is none: what a name stands for is not guessed.
    init(of host: String, orElse more: String? = nil) throws {
        guard let found = try Self.known(host) else { throw Self.failure(host, EAI_NONAME, more) }
        self = found
    }

    /// The same; nil where the name servers say that there is no such name. Where they say nothing, or that the name is there
    /// and has no address, nobody knows.
    ///
    /// - Throws: ``Failure``, of class `transient`.
    static func known(_ host: String) throws -> HostAddresses? {
        var list: UnsafeMutablePointer<addrinfo>?
        var hints = addrinfo()
        hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
        let code = getaddrinfo(host, nil, &hints, &list)
        if code == EAI_NONAME { return nil }
        guard code == 0 else { throw failure(host, code, nil) }
        defer { freeaddrinfo(list) }
        let own = own()
        var found: Set<String> = []
        var entry = list
        while let item = entry?.pointee {
            if let text = text(item.ai_addr, item.ai_addrlen) {
                found.insert(own.contains(text) || isLocal(text) ? thisMachine : text)
            }
            entry = item.ai_next
        }
        return HostAddresses(addresses: found)
    }

    private init(addresses: Set<String>) { self.addresses = addresses }

    private static func failure(_ host: String, _ code: Int32, _ more: String?) -> Failure {
        Failure(
            .transient, "finding the address of a database", at: host, cause: String(cString: gai_strerror(code)),
            safe: "nothing was opened",
            advice:
                "whether staging is apart from production is known only with the addresses of both; look whether "
                + "this machine can resolve the name" + (more.map { ", or \($0)" } ?? ""))
    }

    /// Whether one address is behind both names.
    func touch(_ other: HostAddresses) -> Bool { !addresses.isDisjoint(with: other.addresses) }

    /// Loopback, and what a client takes for it.
    private static func isLocal(_ address: String) -> Bool {
        address.hasPrefix("127.") || ["::1", "0.0.0.0", "::"].contains(address)
    }

    /// Those of this machine's interfaces; without them a name is told by its address alone.
    private static func own() -> Set<String> {
        var list: UnsafeMutablePointer<ifaddrs>?
        guard getifaddrs(&list) == 0 else { return [] }
        defer { freeifaddrs(list) }
        var found: Set<String> = []
        var entry = list
        while let item = entry?.pointee {
            if let address = item.ifa_addr {
                let length =
                    address.pointee.sa_family == sa_family_t(AF_INET6)
                    ? MemoryLayout<sockaddr_in6>.size : MemoryLayout<sockaddr_in>.size
                if let text = text(address, socklen_t(length)) { found.insert(text) }
            }
            entry = item.ifa_next
        }
        return found
    }

    /// An address in its usual writing; nil for what is none of the internet's.
    private static func text(_ address: UnsafePointer<sockaddr>?, _ length: socklen_t) -> String? {
        guard let address, [AF_INET, AF_INET6].contains(Int32(address.pointee.sa_family)) else { return nil }
        var host = [CChar](repeating: 0, count: Int(NI_MAXHOST))
        guard getnameinfo(address, length, &host, socklen_t(host.count), nil, 0, NI_NUMERICHOST) == 0 else {
            return nil
        }
        let text = String(decoding: host.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
        return text.hasPrefix("::ffff:") ? String(text.dropFirst("::ffff:".count)) : text
    }
}
