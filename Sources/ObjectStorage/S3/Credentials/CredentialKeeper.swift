// SPDX-License-Identifier: Apache-2.0
package import Foundation
import MigrationModel

/// A place where credentials may be found.
package protocol CredentialSource: Sendable {
    /// For an operator: where it looks.
    var name: String { get }
    /// Whether it may have others later than it had before.
    var isChanging: Bool { get }
    /// What is there now; nil when this is not the place.
    ///
    /// - Throws: ``Failure`` of class `auth` when something is there and cannot be used, `transient` when it does not answer.
    func credentials(at date: Date) async throws -> AWSCredentials?
}

/// Keeps the credentials of a store: finds them where they are first found, and finds them anew some time before they
/// expire, and when a server has refused them. However many ask at once, each time they are looked for once.
package actor CredentialKeeper {
    /// Before they expire; as others do, so that a request signed with them still arrives in time.
    private static let margin: TimeInterval = 5 * 60
    /// A place that still gives the old ones is asked no more often than this.
    private static let pause: TimeInterval = 60

    private let sources: [any CredentialSource]
    private var held: Finding?
    private var found: Date?
    private var search: Task<Finding, any Error>?

    private struct Finding: Sendable {
        let credentials: AWSCredentials
        let source: any CredentialSource
    }

    /// - Parameter sources: in the order in which they are asked; the first that has some is the one.
    package init(_ sources: [any CredentialSource]) { self.sources = sources }

    /// Those to use now.
    ///
    /// - Throws: ``Failure``.
    package func credentials(at date: Date) async throws -> AWSCredentials {
        guard let held else { return try await find(at: date) }
        guard let expires = held.credentials.expires, expires.timeIntervalSince(date) < Self.margin,
            found.map({ date.timeIntervalSince($0) >= Self.pause }) ?? true || expires <= date
        else { return held.credentials }
        do {
            return try await find(at: date)
        } catch  where expires > date {
            // They are good for some minutes yet, and it is tried again.
            found = date
            return held.credentials
        }
    }

    /// Others than those that a server refused; nil when there are none.
    ///
    /// - Throws: ``Failure``.
    package func renewed(insteadOf refused: AWSCredentials, at date: Date) async throws -> AWSCredentials? {
        if let held, held.credentials != refused { return held.credentials }
        guard held?.source.isChanging ?? true else { return nil }
        let fresh = try await find(at: date)
        return fresh == refused ? nil : fresh
    }

    private func find(at date: Date) async throws -> AWSCredentials {
        if let search { return try await search.value.credentials }
        let hadSome = held != nil
        let task = Task<Finding, any Error> { [sources] in
            for source in sources {
                if let credentials = try await source.credentials(at: date) {
                    return Finding(credentials: credentials, source: source)
                }
            }
            throw Failure(
                // Where there were some, there will be some again.
                hadSome ? .transient : .auth, "find credentials", at: sources.map(\.name).joined(separator: ", "),
                cause: "there are none",
                advice: "set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or AWS_PROFILE"
            )
        }
        search = task
        defer { search = nil }
        let result = try await task.value
        (held, found) = (result, date)
        return result.credentials
    }
}
