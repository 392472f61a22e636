// SPDX-License-Identifier: Apache-2.0
package import Foundation
package import MigrationModel
import Synchronization

/// For how long calls to a busy store may still wait.
private final class Allowance: Sendable {
    private let left: Mutex<Double>

    init(seconds: Double) { left = Mutex(seconds) }

    /// Whether a call may wait for so many seconds, which are gone then.
    func lasts(_ pause: Double) -> Bool {
        left.withLock { left in
            guard pause <= left else { return false }
            left -= pause
            return true
        }
    }
}

/// Proves what every migration rests on, with one small object: the store refuses a second put at a key, knows our
/// SHA-256, and deletes only what has the ETag that it was told.
///
/// The object, the canary, is no transcript and belongs to no intent. Its provenance says so: run 0, which no ledger
/// has, and an id that is in no ledger either and is part of its key. One that could not be removed is named.
package struct StorePreflight: Sendable {
    /// The only key that is written or deleted.
    package let canary: ObjectKey
    private let object: NewObject
    private let prefix: String
    private let uptime: @Sendable () -> Double

    /// - Parameters:
    ///   - prefix: the transcripts' own, since a store may allow one prefix and refuse another.
    ///   - id: fresh and random for every preflight.
    ///   - uptime: seconds since some fixed moment, never going back.
    package init(prefix: String, id: UUID, uptime: @escaping @Sendable () -> Double) {
        canary = ObjectKey(unchecked: "\(prefix)\(Self.name)\(id.uuidString.lowercased())")
        let bytes = Array("This object was made by a preflight of mallow, and may be removed: \(id)\n".utf8)
        object = NewObject(
            key: canary, bytes: bytes, checksum: Checksum(of: bytes), contentType: "text/plain",
            provenance: Provenance(run: RunID(0), intent: id)
        )
        self.prefix = prefix
        self.uptime = uptime
    }

    /// How every canary's name begins.
    private static let name = "mallow-canary-"

    /// Tries the store's promises, about ten calls in a row, and removes the canary whatever happened.
    ///
    /// Never fails: what a call throws is told by the check that made it, and the last check says what is left there. A
    /// task that is cancelled goes on to that one. It is called once, as its canary's key is used up.
    ///
    /// - Parameter cleaner: the same store for the clean-up; nil for the very same.
    package func checks(
        of store: any ObjectStore, cleaning cleaner: (any ObjectStore)? = nil
    ) async -> [PreflightCheck] {
        var written: ETag?
        var mayArrive = false
        // What was refused, or sent to nobody, was never written.
        var wasTried = true
        let putting = await check(.putIfAbsent) {
            do {
                written = try await store.put(object)
            } catch {
                let kind = (error as? Failure)?.class
                // Nobody answered, or it was given up in the middle of it.
                if kind == .ambiguous || error is CancellationError { mayArrive = store.longestDelay > 0 }
                // Where what was written is read back, it is the reading that may have failed.
                if let kind, Self.refusals.contains(kind) { wasTried = store.weaknesses.contains(.unchecked) }
                throw error
            }
            do {
                written = try await store.put(object)
            } catch let failure as Failure where failure.class == .conflict {
                return .pass("the second PUT was refused")
            }
            return .fail("the second PUT was accepted")
        }
        var isVersioned = false
        var forgotten: [ObjectKey] = []
        let reading = await check(.checksum) {
            if written == nil || Task.isCancelled { return .notTried }
            return try await read(from: store, &isVersioned, &forgotten)
        }
        let deleting = await check(.deleteIfMatch) {
            guard let written, !Task.isCancelled else { return .notTried }
            return try await delete(written, from: store)
        }
        let refusing = await check(.damagedBytes) {
            guard written != nil, !Task.isCancelled else { return .notTried }
            return try await damage(store)
        }
        // A preflight that is given up cleans up all the same: a task of its own is not cancelled with it.
        let cleaning = await Task { [mayArrive, wasTried] in
            await check(.nothingLeft) {
                guard wasTried else { return .pass("nothing was written") }
                return try await remove(from: cleaner ?? store, mayArrive: mayArrive)
            }
        }.value
        return [putting, reading, deleting, refusing, cleaning]
            + (isVersioned ? [await check(.versions) { .attention("this bucket keeps them") }] : [])
            + (forgotten.isEmpty ? [] : [await check(.otherCanaries) { .attention(Self.words(forgotten)) }])
            + StoreWeakness.allCases.filter(store.weaknesses.contains).map {
                PreflightCheck(
                    name: "store: \($0.rawValue)", measured: "accepted by name", verdict: .attention,
                    advice: $0.sentence, seconds: 0)
            }
    }

    /// The same, tried again where it may pass, as a course would be: after 2 s, at most 3 times, and not when half a minute
    /// is gone. A call that the store refused for being busy is made again in its place, since some take one write a second
    /// at a key; for that, those of an attempt wait for thirteen seconds together, and its clean-up for five more.
    ///
    /// - Parameter again: told what failed before each further attempt, which has a canary of its own.
    /// - Returns: the last attempt's checks, and what an earlier one may have left behind. A task that is cancelled makes
    ///   no further attempt.
    package func checks(
        of store: any ObjectStore, in surroundings: Surroundings, again: @Sendable (String) -> Void
    ) async -> [PreflightCheck] {
        func asked(within allowance: Allowance) -> UnhurriedStore {
            UnhurriedStore(store, Unhurried(surroundings, mayWait: allowance.lasts))
        }
        let began = surroundings.uptime()
        var left: [PreflightCheck] = []
        var preflight = self
        var attempt = 0
        while true {
            attempt += 1
            let allowance = Allowance(seconds: Self.busy)
            let checks = await preflight.checks(
                of: asked(within: allowance), cleaning: asked(within: Allowance(seconds: Self.cleaning)))
            let failed = checks.filter { $0.verdict == .fail }
            let mayPass = failed.allSatisfy { $0.failed?.isRetryable ?? false }
            let longest = failed.contains { $0.failed == .throttled } ? Self.longest.busy : Self.longest.failing
            let isInTime = surroundings.uptime() - began < longest
            guard let first = failed.first, mayPass, isInTime, attempt <= RetryPolicy.most, !Task.isCancelled else {
                return left + checks
            }
            left += checks.filter { $0.name == Promise.nothingLeft.rawValue && $0.verdict == .attention }
            again("\(first.name): \(first.measured); tried again, \(attempt) of \(RetryPolicy.most)")
            do {
                try await surroundings.sleep(RetryPolicy().delay(jitter: surroundings.jitter()))
            } catch {
                // It was cancelled meanwhile.
                return left + checks
            }
            preflight = StorePreflight(prefix: prefix, id: surroundings.newID(), uptime: uptime)
        }
    }

    /// Seconds after which no further attempt is begun. One at a store that stays busy takes its time as well, and its word
    /// is waited for.
    private static let longest = (failing: 30.0, busy: 8.0)
    /// Seconds for which calls wait that a busy store refused, and those of a clean-up. An attempt writes five times at its
    /// key: a store that takes one write a second, and asks for three seconds each time, is given its twelve.
    private static let (busy, cleaning) = (13.0, 5.0)

    /// After these nothing was written.
    private static let refusals: Set<Failure.Class> = [.auth, .transient, .throttled]

    // MARK: - Promises

    /// - Parameters:
    ///   - isVersioned: set as soon as it is known.
    ///   - forgotten: the canaries of other preflights.
    private func read(
        from store: any ObjectStore, _ isVersioned: inout Bool, _ forgotten: inout [ObjectKey]
    ) async throws -> Finding {
        guard let info = try await store.head(canary) else {
            return .fail("\(canary) was acknowledged and is not found")
        }
        isVersioned = info.isVersioned
        guard let checksum = info.checksum else { return .fail("the store keeps no SHA-256") }
        guard checksum == object.checksum else { return .fail("the store says SHA-256 \(checksum)") }
        guard info.size == object.bytes.count else {
            return .fail("\(object.bytes.count) bytes were written, the store says \(info.size)")
        }
        guard info.provenance == object.provenance else { return .fail("the store does not keep who wrote an object") }
        guard try await store.get(canary) == object.bytes else { return .fail("other bytes were read than written") }
        let canaries = prefix + Self.name
        var isListed = false
        for try await key in store.keys(under: canaries) {
            // Whatever a server lists that was not asked for, it may have more of it.
            guard key.text.utf8.starts(with: canaries.utf8) else {
                return .fail("a listing of \(canaries) has \(key)")
            }
            if key == canary { isListed = true } else { forgotten.append(key) }
        }
        guard isListed else { return .fail("a listing does not have it") }
        return .pass("all \(info.size) bytes came back")
    }

    private func delete(_ etag: ETag, from store: any ObjectStore) async throws -> Finding {
        if try await store.refusesWrongETag(at: canary) == false {
            return .fail("a delete with a wrong ETag was carried out")
        }
        let wrong = ETag(unchecked: Checksum(of: Array("not \(canary)".utf8)).hexadecimal)
        let refusal = try await store.delete(canary, ifMatch: wrong)
        if refusal == .deleted {
            let isThere = try await store.head(canary) != nil
            if isThere { return .fail("the object was deleted, and is still there") }
            return .attention("a delete with a wrong ETag was carried out")
        }
        guard refusal == .changed else { return .fail("a delete with a wrong ETag was answered: \(refusal)") }
        guard try await store.head(canary) != nil else {
            return .fail("a delete with a wrong ETag was refused, and the object is gone")
        }
        let deletion = try await store.delete(canary, ifMatch: etag)
        guard deletion == .deleted else { return .fail("a delete with the right ETag was answered: \(deletion)") }
        guard try await store.head(canary) == nil else { return .fail("the object was deleted, and is still there") }
        return .pass("a wrong ETag was refused")
    }

    /// Whether the store itself looks at what it gets; only where the canary is gone, since a key that is taken is refused
    /// for that.
    private func damage(_ store: any ObjectStore) async throws -> Finding {
        guard try await store.head(canary) == nil else { return .notTried }
        switch try await store.refusesDamage(to: object) {
        case nil: return .pass("every object is hashed here")
        case true?: return .pass("bytes with another SHA-256 were refused")
        case false?: return .fail("bytes with another SHA-256 were accepted")
        }
    }

    /// Looks until the canary is seen to be gone; calls that fail are tried again, since nobody comes after this one.
    private func remove(from store: any ObjectStore, mayArrive: Bool) async throws -> Finding {
        var trouble: (any Error)?
        for _ in 0..<4 {
            do {
                guard let info = try await store.head(canary) else {
                    guard mayArrive else { return .pass("0 objects of ours") }
                    return .attention("\(canary) may still arrive, for \(Int(store.longestDelay)) s")
                }
                // Nothing is deleted but what is ours, here as everywhere.
                guard info.provenance == object.provenance || info.checksum == object.checksum else {
                    return .attention("\(canary) holds what cannot be told to be ours")
                }
                _ = try await store.delete(canary, ifMatch: info.etag)
            } catch {
                trouble = error
            }
        }
        guard let trouble else { return .attention("\(canary) is still there") }
        return .attention("\(canary) may be there: \(Failure(trouble, "remove the canary", at: canary.text).cause)")
    }

    // MARK: - Words

    private static func words(_ forgotten: [ObjectKey]) -> String {
        let named = forgotten.prefix(3).map(\.text).joined(separator: ", ")
        return forgotten.count > 3 ? "\(named) and \(forgotten.count - 3) more" : named
    }

    private enum Promise: String {
        case putIfAbsent = "store: put if absent"
        case checksum = "store: checksum"
        case deleteIfMatch = "store: delete if match"
        case damagedBytes = "store: damaged bytes"
        case nothingLeft = "store: nothing left"
        case versions = "store: versions"
        case otherCanaries = "store: other canaries"

        func advice(_ verdict: PreflightCheck.Verdict) -> String {
            switch (self, verdict) {
            case (.putIfAbsent, _):
                "this store could overwrite transcripts: use one with conditional writes, or accept the race by name (&accept=put-race in --store)"
            case (.checksum, _), (.damagedBytes, _):
                "this store vouches for no SHA-256: use one that does, or have every object read back (&accept=unchecked in --store)"
            case (.deleteIfMatch, .fail):
                "a rollback could remove what another program wrote: use a store with conditional deletes, or accept it by name (&accept=delete-race in --store)"
            case (.deleteIfMatch, _):
                "a rollback reads an object before it deletes it here; let no other program write under the prefix"
            case (.versions, _):
                "what a rollback removes is gone for every reader, and stays as an old version: a lifecycle rule for noncurrent versions under the prefix takes it away"
            case (.otherCanaries, _):
                "another preflight is at work here, or was killed in the middle of it: then remove them by hand; no reader knows of them"
            case (.nothingLeft, _): "look for this object and remove it by hand; no reader knows of it"
            }
        }
    }

    private enum Finding {
        case pass(String)
        case fail(String)
        /// A run may begin; somebody should know.
        case attention(String)
        /// There was no canary to try it with, or no time.
        case notTried
    }

    private func check(_ promise: Promise, _ look: () async throws -> Finding) async -> PreflightCheck {
        let start = uptime()
        func found(
            _ measured: String, _ verdict: PreflightCheck.Verdict, _ advice: String?, failed: Failure.Class? = nil
        ) -> PreflightCheck {
            PreflightCheck(
                name: promise.rawValue, measured: measured, verdict: verdict, advice: advice,
                seconds: uptime() - start, failed: failed
            )
        }
        do {
            switch try await look() {
            case .pass(let measured): return found(measured, .pass, nil)
            case .fail(let measured): return found(measured, .fail, promise.advice(.fail))
            case .attention(let measured): return found(measured, .attention, promise.advice(.attention))
            case .notTried: return found("not tried", .attention, "put right what failed first")
            }
        } catch {
            let failure = Failure(error, "preflight", at: canary.text)
            // Its own advice is for a run that goes on.
            let advice = failure.class == .throttled ? "try again when the store is less busy" : failure.advice
            return found(
                "\(failure.what) at \(failure.place): \(failure.cause)", .fail, advice, failed: failure.class)
        }
    }
}
