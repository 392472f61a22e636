// SPDX-License-Identifier: Apache-2.0
package import Foundation
package import MigrationModel

/// A store that is asked for no more than its operator allows: objects put, and objects read, in a second.
///
/// Deletes are not held up: a rollback is to be over soon.
package struct LimitedStore: ObjectStore {
    private let store: any ObjectStore
    private let puts: RateLimit?
    private let reads: RateLimit?

    package var longestDelay: TimeInterval { store.longestDelay }
    package var weaknesses: Set<StoreWeakness> { store.weaknesses }

    package init(_ store: any ObjectStore, puts: RateLimit?, reads: RateLimit?) {
        (self.store, self.puts, self.reads) = (store, puts, reads)
    }

    /// The same limits before a store that is wrapped: time spent waiting here says nothing of the store.
    func wrapping(_ wrap: (any ObjectStore) -> any ObjectStore) -> LimitedStore {
        LimitedStore(wrap(store), puts: puts, reads: reads)
    }

    package func put(_ object: NewObject) async throws -> ETag {
        try await puts?.wait()
        return try await store.put(object)
    }

    package func head(_ key: ObjectKey) async throws -> ObjectInfo? {
        try await reads?.wait()
        return try await store.head(key)
    }

    package func get(_ key: ObjectKey) async throws -> [UInt8]? {
        try await reads?.wait()
        return try await store.get(key)
    }

    package func keys(under prefix: String) -> AsyncThrowingStream<ObjectKey, any Error> { store.keys(under: prefix) }

    package func delete(_ key: ObjectKey, ifMatch etag: ETag) async throws -> Deletion {
        try await store.delete(key, ifMatch: etag)
    }
}

/// A contentstore that is asked for no more bytes of transcripts in a second than its operator allows: it serves learners
/// meanwhile.
package struct LimitedSource: CourseSource {
    let source: any CourseSource
    private let reads: RateLimit

    package init(_ source: any CourseSource, reads: RateLimit) { (self.source, self.reads) = (source, reads) }

    /// The same limit before another source.
    func over(_ source: any CourseSource) -> any CourseSource { LimitedSource(source, reads: reads) }

    package func courses() -> AsyncThrowingStream<CourseListing, any Error> { source.courses() }

    package func outline(of course: CourseKey) async throws -> CourseOutline { try await source.outline(of: course) }

    package func assets(_ names: Set<AssetName>, of course: CourseKey) async throws -> AssetListing {
        try await source.assets(names, of: course)
    }

    package func content(
        of assets: [Asset], in course: CourseKey
    ) async throws -> [AssetName: Result<[UInt8], Failure>] {
        try await reads.wait(for: assets.count)
        return try await source.content(of: assets, in: course)
    }

    package func ask() async throws { try await source.ask() }

    package func release(_ course: CourseKey) async { await source.release(course) }
}
