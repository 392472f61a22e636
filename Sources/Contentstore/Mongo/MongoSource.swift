// SPDX-License-Identifier: Apache-2.0
#if MongoDB
import Mongo
package import MigrationModel

/// Reads courses of split and of the old modulestore, and transcripts from GridFS. Open edX: sections 3 and 4.
///
/// Two queries for a split course's outline and one for an old one's, one for the assets of a course, two for the bytes of a
/// video: whatever their size.
package struct MongoSource: CourseSource {
    /// More ids than that stand in no query: a server takes 16 MB at most.
    private static let idsAtOnce = 20_000

    private let documents: any Documents
    private let index: (any CourseIndex)?

    /// - Parameter index: where newer releases say which structures are a course's heads; nil for none. One that is not there
    ///   is not asked for again.
    package init(_ documents: ServerDocuments, index: (any CourseIndex)?) {
        (self.documents, self.index) = (documents, index.map(RememberedIndex.init))
    }

    package init(_ documents: DumpDocuments) { (self.documents, index) = (documents, nil) }

    /// In order of the keys' bytes.
    package func courses() -> AsyncThrowingStream<CourseListing, any Error> {
        let pass = StoredCourses(documents, index: index)
        return AsyncThrowingStream { try await pass.next() }
    }

    package func outline(of course: CourseKey) async throws -> CourseOutline {
        switch course.generation {
        case .plus: try await SplitCourse(documents: documents, index: index, course: course).outline()
        case .slashes: try await OldCourse(documents: documents, course: course).outline()
        }
    }

    package func assets(_ names: Set<AssetName>, of course: CourseKey) async throws -> AssetListing {
        let files = try await files(names, of: course)
        // One whose length is not known is there all the same: reading it says what is wrong.
        return AssetListing(
            assets: Dictionary(
                uniqueKeysWithValues: files.map { ($0, Asset(name: $0, length: max(0, $1.length ?? 0))) }))
    }

    package func content(
        of assets: [Asset], in course: CourseKey
    ) async throws -> [AssetName: Result<[UInt8], Failure>] {
        let names = Set(assets.map(\.name))
        var contents = try await read(names, of: course, isFresh: false)
        // To replace an asset, the platform deletes and inserts it: whoever reads in between sees a gap. And a member that
        // lags may not have all of it yet.
        let doubtful = contents.filter { if case .failure = $1 { true } else { false } }.map(\.key)
        if !doubtful.isEmpty {
            contents.merge(try await read(Set(doubtful), of: course, isFresh: true)) { $1 }
        }
        return contents
    }

    package func ask() async throws { _ = try await documents.ask(.files([]), into: 0) { _, _ in } }

    /// Nothing is kept.
    package func release(_ course: CourseKey) async {}

    private func files(_ names: Set<AssetName>, of course: CourseKey) async throws -> [AssetName: StoredFile] {
        var files: [AssetName: StoredFile] = [:]
        let ids = names.sorted().map { (id: StoredFile.id(of: $0, in: course), name: $0) }
        for start in stride(from: 0, to: ids.count, by: Self.idsAtOnce) {
            let part = ids[start..<min(start + Self.idsAtOnce, ids.count)]
            let known = Dictionary(part.map { ($0.id, $0.name) }) { first, _ in first }
            let found = try await documents.ask(.files(part.map(\.id)), into: [AssetName: StoredFile]()) {
                guard let id = try $1["_id"].flatMap(Term.init), let name = known[id] else { return }
                $0[name] = try StoredFile($1)
            }
            files.merge(found) { $1 }
        }
        return files
    }

    private func read(
        _ names: Set<AssetName>, of course: CourseKey, isFresh: Bool
    ) async throws -> [AssetName: Result<[UInt8], Failure>] {
        let files = try await files(names, of: course)
        let place = documents.place(of: .chunks([]))
        func failure(_ name: AssetName, _ cause: String) -> Failure {
            .stored("read asset", at: "\(name) of \(course) in \(place)", cause: cause)
        }
        var contents: [AssetName: Result<[UInt8], Failure>] = [:]
        var open: [Term: AssetName] = [:]
        for name in names {
            if let file = files[name] {
                if let objection = ChunkAssembly.objection(to: file) {
                    contents[name] = .failure(failure(name, objection))
                } else {
                    open[StoredFile.id(of: name, in: course)] = name
                }
            } else {
                contents[name] = .failure(failure(name, "it is no longer there"))
            }
        }
        guard !open.isEmpty else { return contents }
        let known = open
        let ids = known.sorted { $0.value < $1.value }.map(\.key)
        // Where no digest can be counted, nothing tells the bytes of the file that this one has replaced from its own.
        let isFresh =
            isFresh || !ChunkAssembly.countsDigests || known.values.contains { files[$0]?.md5.isEmpty ?? true }
        let question = Question.chunks(ids, isFresh: isFresh)
        let assemblies = try await documents.ask(question, into: [AssetName: ChunkAssembly]()) { assemblies, chunk in
            guard let id = try chunk["files_id"].flatMap(Term.init), let name = known[id], let file = files[name]
            else { return }
            try assemblies[name, default: ChunkAssembly(file)].add(chunk)
        }
        for name in known.values {
            // One without bytes has no chunks, and one that has lost all of them is told so.
            let assembly = assemblies[name] ?? files[name].map(ChunkAssembly.init)
            contents[name] = assembly?.finish().mapError { failure(name, $0.cause) }
        }
        return contents
    }
}
#endif
