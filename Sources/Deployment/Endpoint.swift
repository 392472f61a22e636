// SPDX-License-Identifier: Apache-2.0
import Foundation

/// An endpoint that cannot be used, in one sentence that says what to write instead.
package struct InvalidEndpoint: Error, Sendable, Hashable, CustomStringConvertible {
    package let description: String
}

/// Where something lies, as an operator writes it: `scheme:rest`.
package struct Endpoint: Sendable, Hashable, CustomStringConvertible {
    /// What it is for. Its raw value is what the option is called.
    package enum Role: String, Sendable, Hashable {
        case source, store, catalog

        /// The schemes that this build knows.
        package var schemes: [String] {
            switch self {
            case .source: Self.sources
            case .store: ["file", "s3"]
            case .catalog: Self.catalogs
            }
        }

        #if MongoDB
        private static let sources = ["olx", "mongodb", "bson"]
        #else
        private static let sources = ["olx"]
        #endif

        #if MySQL
        private static let catalogs = ["sqlite", "mysql"]
        #else
        private static let catalogs = ["sqlite"]
        #endif

        fileprivate var example: String {
            switch self {
            case .source: "olx:exports"
            case .store: "file:objects"
            case .catalog: "sqlite:edxval.sqlite"
            }
        }
    }

    package let role: Role
    package let scheme: String
    package let rest: String
    /// Where what opens it is to be had, besides the environment.
    package var secrets = Secrets()

    package var description: String { "\(scheme):\(rest)" }

    /// - Throws: ``InvalidEndpoint``, also for credentials, which never stand on a command line.
    package init(_ text: String, role: Role) throws(InvalidEndpoint) {
        self.role = role
        guard let colon = text.firstIndex(of: ":"), colon > text.startIndex else {
            throw InvalidEndpoint(
                description: "--\(role.rawValue) \(text) has no scheme; write for example \(role.example).")
        }
        scheme = String(text[..<colon]).lowercased()
        let given = String(text[text.index(after: colon)...])
        // The ledger keeps endpoints: one that depends on where it is called from would be another place tomorrow.
        let end = Self.endOfPath(given, scheme)
        let isPath = end > given.startIndex && ["olx", "file", "sqlite", "bson"].contains(scheme)
        let path = NSString(string: String(given[..<end])).expandingTildeInPath
        rest = isPath ? URL(fileURLWithPath: path).standardizedFileURL.path + given[end...] : given
        guard !rest.isEmpty, end > given.startIndex else {
            throw InvalidEndpoint(
                description: "--\(role.rawValue) \(text) names nothing; write for example \(role.example).")
        }
        // A password may hold a slash: whatever stands before the last @ is who logs in.
        if rest.hasPrefix("//"), ["mongodb", "mysql"].contains(scheme), let at = rest.lastIndex(of: "@"),
            rest[..<at].contains(":")
        {
            throw InvalidEndpoint(
                description:
                    "--\(role.rawValue) holds a password; put it into the environment, or below secrets: in mallow.yaml."
            )
        }
    }

    /// The path of a scheme that names one: absolute.
    package var path: String { String(rest[..<Self.endOfPath(rest, scheme)]) }

    /// What follows the path of a dump and its `?`; nil for nothing.
    var query: Substring? {
        let end = Self.endOfPath(rest, scheme)
        return end < rest.endIndex ? rest[rest.index(after: end)...] : nil
    }

    /// Options follow the path of a dump alone: elsewhere a `?` is a letter like others.
    private static func endOfPath(_ text: String, _ scheme: String) -> String.Index {
        scheme == "bson" ? text.firstIndex(of: "?") ?? text.endIndex : text.endIndex
    }
}

extension Endpoint {
    /// Looks whether a path can be what its role needs, before anything is opened or made.
    ///
    /// - Throws: ``InvalidEndpoint`` for a slip of the pen: a source that is not there, a folder where a file should be.
    func check() throws(InvalidEndpoint) {
        try checkText()
        func refusal(_ reason: String) -> InvalidEndpoint {
            InvalidEndpoint(description: "--\(role.rawValue) \(self): \(reason).")
        }
        switch scheme {
        case "olx" where Self.kind(of: path) == nil, "bson" where Self.kind(of: path) == nil:
            throw refusal("nothing is there; correct the path")
        case "file" where Self.kind(of: path) == .typeRegular: throw refusal("it is a file; name a folder")
        case "sqlite" where Self.kind(of: path) == .typeDirectory: throw refusal("it is a folder; name a file in it")
        case "sqlite":
            let folder = URL(fileURLWithPath: path).deletingLastPathComponent().path
            guard Self.kind(of: folder) == .typeDirectory else {
                throw refusal("there is no folder \(folder); make it, or correct the path")
            }
        default: break
        }
    }

    /// Looks whether this build can do something with it, wherever it is called.
    ///
    /// - Throws: ``InvalidEndpoint``.
    func checkText() throws(InvalidEndpoint) {
        try checkScheme()
        switch scheme {
        case "s3": _ = try Bucket(self)
        #if MongoDB
        case "mongodb": _ = try MongoPlace(self)
        case "bson": _ = try DumpPlace(self)
        #endif
        #if MySQL
        case "mysql": _ = try Database(self)
        #endif
        default: break
        }
    }

    /// Looks at its scheme alone.
    ///
    /// - Throws: ``InvalidEndpoint`` for one that this build does not know.
    func checkScheme() throws(InvalidEndpoint) {
        if !role.schemes.contains(scheme) { throw unknown }
    }

    /// Whether it names a file or a folder of this machine.
    var hasPath: Bool { isOnDisk || ["olx", "bson"].contains(scheme) }

    /// Whether what is written there lies in a file or a folder of this machine.
    package var isOnDisk: Bool { ["file", "sqlite"].contains(scheme) }

    /// Whether nothing is in the file or folder that it names; false for what is not on this machine's disks.
    var holdsNothing: Bool { isOnDisk && PathOnDisk(path: path).holdsNothing }

    /// What is at a path, links followed; nil when nothing is.
    private static func kind(of path: String) -> FileAttributeType? {
        let real = URL(fileURLWithPath: path).resolvingSymlinksInPath().path
        let attributes = try? FileManager.default.attributesOfItem(atPath: real)  // opening it says why
        return attributes?[.type] as? FileAttributeType
    }

    /// The sentence for a scheme that this program cannot use.
    var unknown: InvalidEndpoint {
        if role == .catalog, scheme == "mysql" {
            return InvalidEndpoint(
                description: "--catalog \(self): this build knows no mysql:; install libmariadb-dev and build it again "
                    + "with swift build -c release --traits MySQL.")
        }
        if role == .source, ["mongodb", "bson"].contains(scheme) {
            return InvalidEndpoint(
                description:
                    "--source \(self): this build knows no \(scheme):; install libmongoc-dev and build it again "
                    + "with swift build -c release --traits MongoDB.")
        }
        let known = role.schemes.map { "\($0):" }.joined(separator: ", ")
        return InvalidEndpoint(
            description: "--\(role.rawValue) \(self): this build knows \(known) and no \(scheme):.")
    }
}
