// SPDX-License-Identifier: Apache-2.0
import Foundation

/// An endpoint that cannot be used, in one sentence that says what to write instead.
package struct InvalidEndpoint: Error, Sendable, Hashable, CustomStringConvertible {
    package let description: String
}

/// Where something lies, as an operator writes it: `scheme:rest`.
package struct Endpoint: Sendable, Hashable, CustomStringConvertible {
    package let scheme: String
    package let rest: String

    package var description: String { "\(scheme):\(rest)" }

    /// - Parameter role: what it is for, as the option is called: `source`, `store`, `catalog`.
    /// - Throws: ``InvalidEndpoint``, also for credentials, which never stand on a command line.
    package init(_ text: String, role: String) throws(InvalidEndpoint) {
        guard let colon = text.firstIndex(of: ":"), colon > text.startIndex else {
            throw InvalidEndpoint(
                description: "--\(role) \(text) has no scheme; write for example \(Self.example(of: role)).")
        }
        scheme = String(text[..<colon]).lowercased()
        let given = String(text[text.index(after: colon)...])
        // The ledger keeps endpoints: one that depends on where it is called from would be another place tomorrow.
        let isPath = !given.isEmpty && ["olx", "file", "sqlite", "bson"].contains(scheme)
        rest =
            isPath ? URL(fileURLWithPath: NSString(string: given).expandingTildeInPath).standardizedFileURL.path : given
        guard !rest.isEmpty else {
            throw InvalidEndpoint(
                description: "--\(role) \(text) names nothing; write for example \(Self.example(of: role)).")
        }
        if rest.hasPrefix("//"), let host = rest.dropFirst(2).split(separator: "/").first,
            let at = host.lastIndex(of: "@"),
            host[..<at].contains(":")
        {
            throw InvalidEndpoint(
                description:
                    "--\(role) holds a password; put it into the environment or the configuration file instead."
            )
        }
    }

    /// The path of a scheme that names one: absolute.
    package var path: String { rest }

    private static func example(of role: String) -> String {
        switch role {
        case "source": "olx:exports"
        case "store": "file:objects"
        default: "sqlite:edxval.sqlite"
        }
    }
}

extension Endpoint {
    /// A file that may be missing is made; a folder that is missing is a slip of the pen.
    func requireFolder(role: String) throws(InvalidEndpoint) {
        let folder = URL(fileURLWithPath: path).deletingLastPathComponent().path
        var isFolder: ObjCBool = false
        guard FileManager.default.fileExists(atPath: folder, isDirectory: &isFolder), isFolder.boolValue else {
            throw InvalidEndpoint(
                description: "--\(role) \(self): there is no folder \(folder); make it, or correct the path.")
        }
    }

    /// The sentence for a scheme that this program cannot use.
    func unknown(role: String, known: [String]) -> InvalidEndpoint {
        InvalidEndpoint(
            description:
                "--\(role) \(self): this build knows \(known.map { "\($0):" }.joined(separator: ", ")) and no \(scheme):."
        )
    }
}
