// SPDX-License-Identifier: Apache-2.0
package import MigrationModel
import Threading

/// Looks whether the objects that a catalog names are in the store.
///
/// Where none of them is, it is the wrong store, or one that is not mounted just now: a run would tell transcript after
/// transcript as a conflict, and have its operator mend rows that are right.
package struct NamedObjects: Sendable {
    /// So many of the newest rows are looked at: one query, and a question for each, all at once.
    static let most = 16
    /// What the check is called.
    static let name = "store: objects"

    let store: any ObjectReader
    let catalog: any CatalogReader
    /// The store as the operator names it.
    let place: String

    /// Looks at the places of a platform, and makes none of them.
    ///
    /// - Parameter limit: how long it may take.
    /// - Returns: nil where the catalog names no object. It fails where none is there; a place that did not answer to the
    ///   end is worth attention only, for its own checks and calls say more.
    package static func check(_ endpoints: Endpoints, within limit: Duration) async -> PreflightCheck? {
        await probe(endpoints, on: BlockingPool(name: "objects", width: 2)).checks(within: limit).first
    }

    /// - Parameter pool: for what blocks: a place that never answers must hold up nobody else.
    static func probe(_ endpoints: Endpoints, on pool: BlockingPool) -> Probe {
        Probe(name: name, excuse: "the store or the catalog takes longer") {
            let clock = ProbeClock()
            do {
                let platform = try await pool.run { try ReadablePlatform(endpoints) }
                let objects = NamedObjects(
                    store: platform.store, catalog: platform.catalog, place: "\(endpoints.store)")
                return [try await objects.check(clock)].compactMap(\.self)
            } catch {
                let failure = Failure(error, "looking for objects", at: name)
                return [clock.attention(name, "not looked at: \(failure.cause)", advice: failure.advice)]
            }
        }
    }

    /// - Throws: ``Failure`` when a place does not answer.
    func check(_ clock: ProbeClock) async throws -> PreflightCheck? {
        let keys = Set(try await catalog.newestObjects(Self.most))
        guard !keys.isEmpty else { return nil }
        let found = try await store.heads(of: keys).count
        let (all, missing) = (keys.count, keys.count - found)
        let names = "that the catalog's newest rows name"
        if missing == 0 {
            let words = all == 1 ? "the one object \(names) is there" : "all \(all) objects \(names) are there"
            return clock.passed(Self.name, words)
        }
        if found == 0 {
            let none = all == 1 ? "the one object \(names) is not" : "none of the \(all) objects \(names) is"
            return clock.failed(
                Self.name, "\(none) at \(place)",
                advice: "mount it, or name the right place with --store; where they are lost for good, mallow run "
                    + "--accept-missing-objects begins here and tells each as a conflict")
        }
        return clock.attention(
            Self.name, "\(missing) of the \(all) objects \(names) \(missing == 1 ? "is" : "are") not at \(place)",
            advice: "who reads those gets an error today; a run tells each as a conflict and leaves it as it is")
    }
}
