// SPDX-License-Identifier: Apache-2.0
import Foundation
import MigrationModel

/// What came of one call to the object store, for whoever has to know how the store is.
struct StoreAnswer: Sendable {
    /// Whether it was to write an object.
    let isPut: Bool
    /// nil when it went well.
    let error: (any Error)?
    /// When it began and ended, by the engine's uptime.
    let began, ended: Double

    var failure: Failure? { error as? Failure }

    /// Whether it may be that nothing answers: the call failed in a way that passes. Whoever refuses, answers.
    var isSilence: Bool {
        switch failure?.class {
        case .transient, .throttled, .ambiguous: true
        case .conflict, .sourceCorrupt, .integrity, .auth, .bug, nil: false
        }
    }
}

/// An object store that tells what came of every call, and changes nothing.
struct WatchedStore: ObjectStore {
    let raw: any ObjectStore
    let uptime: @Sendable () -> Double
    /// Called when calls begin and when they are over, however they end, with 1 and -1; must return at once.
    let count: @Sendable (Int) -> Void
    /// Called after each call, from its task; must return at once.
    let tell: @Sendable (StoreAnswer) -> Void

    var longestDelay: TimeInterval { raw.longestDelay }

    func head(_ key: ObjectKey) async throws -> ObjectInfo? { try await watching { try await raw.head(key) } }

    func get(_ key: ObjectKey) async throws -> [UInt8]? { try await watching { try await raw.get(key) } }

    /// Not watched: the engine lists nothing.
    func keys(under prefix: String) -> AsyncThrowingStream<ObjectKey, any Error> { raw.keys(under: prefix) }

    func put(_ object: NewObject) async throws -> ETag {
        try await watching(isPut: true) { try await raw.put(object) }
    }

    func delete(_ key: ObjectKey, ifMatch etag: ETag) async throws -> Deletion {
        try await watching { try await raw.delete(key, ifMatch: etag) }
    }

    private func watching<Value>(isPut: Bool = false, _ call: () async throws -> Value) async throws -> Value {
        let began = uptime()
        count(1)
        defer { count(-1) }
        do {
            let value = try await call()
            tell(StoreAnswer(isPut: isPut, error: nil, began: began, ended: uptime()))
            return value
        } catch let cancelled as CancellationError {
            // Nobody has answered: it was given up here.
            throw cancelled
        } catch {
            tell(StoreAnswer(isPut: isPut, error: error, began: began, ended: uptime()))
            throw error
        }
    }
}
