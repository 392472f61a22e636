// SPDX-License-Identifier: Apache-2.0
import Foundation
import MigrationModel
@testable import ObjectStorage
import TestDoubles
import Testing
import Threading

@Suite struct DirectoryStoreTests {
    private let pool = BlockingPool(name: "objects", width: 4)

    @Test(arguments: ObjectStoreContract.cases)
    func `named files keep the contract too`(_ promise: ContractCase<any ObjectStore>) async throws {
        try await withTemporaryFolder { folder in
            try await promise.verify(DirectoryStore(path: folder, pool: pool, style: .named))
        }
    }

    @Test(arguments: WritingStyle.allCases)
    func `an object is a file at its key, and nothing else is outside .mallow`(_ style: WritingStyle) async throws {
        try await withTemporaryFolder { folder in
            let store = try DirectoryStore(path: folder, pool: pool, style: style)
            _ = try await store.put(ObjectStoreContract.object("video-transcripts/a.srt", "words"))
            #expect(try Data(contentsOf: URL(filePath: "\(folder)/video-transcripts/a.srt")) == Data("words".utf8))
            #expect(
                try FileManager.default.contentsOfDirectory(atPath: folder).sorted() == [
                    ".mallow", "video-transcripts",
                ]
            )
            #expect(try temporaries(folder).isEmpty)
        }
    }

    @Test(arguments: WritingStyle.allCases)
    func `a conflict leaves nothing behind`(_ style: WritingStyle) async throws {
        try await withTemporaryFolder { folder in
            let store = try DirectoryStore(path: folder, pool: pool, style: style)
            try Data("theirs".utf8).write(to: URL(filePath: "\(folder)/a.srt"))
            try await requireFailure(.conflict, "a put at a key that is taken") {
                _ = try await store.put(ObjectStoreContract.object("a.srt", "theirs"))
            }
            #expect(try await store.head("a.srt")?.provenance == nil)
            #expect(try temporaries(folder).isEmpty)
        }
    }

    @Test(arguments: WritingStyle.allCases)
    func `an edit behind its back is seen at once`(_ style: WritingStyle) async throws {
        try await withTemporaryFolder { folder in
            let store = try DirectoryStore(path: folder, pool: pool, style: style)
            let etag = try await store.put(ObjectStoreContract.object("a.srt", "words"))
            let file = try FileHandle(forWritingTo: URL(filePath: "\(folder)/a.srt"))
            try file.write(contentsOf: Data("WORDS".utf8))
            try file.close()
            let info = try #require(try await store.head("a.srt"))
            #expect(info.etag != etag)
            #expect(info.checksum == Checksum(of: Array("WORDS".utf8)))
            #expect(info.provenance == nil)
            try await requireFailure(.integrity, "reading it") { _ = try await store.get("a.srt") }
            #expect(try await store.delete("a.srt", ifMatch: etag) == .changed)
            #expect(try await store.delete("a.srt", ifMatch: info.etag) == .deleted)
        }
    }

    @Test func `a stranger's object is known by its bytes and belongs to nobody`() async throws {
        try await withTemporaryFolder { folder in
            let store = try DirectoryStore(path: folder, pool: pool)
            try Data("theirs".utf8).write(to: URL(filePath: "\(folder)/a.srt"))
            let checksum = Checksum(of: Array("theirs".utf8))
            let etag = ETag(unchecked: checksum.hexadecimal)
            let info = ObjectInfo(key: "a.srt", size: 6, etag: etag, checksum: checksum, provenance: nil)
            #expect(try await store.head("a.srt") == info)
            #expect(try await store.get("a.srt") == Array("theirs".utf8))
        }
    }

    @Test func `a torn sidecar is as good as none`() async throws {
        try await withTemporaryFolder { folder in
            let store = try DirectoryStore(path: folder, pool: pool, style: .named)
            let object = ObjectStoreContract.object("a.srt", "words")
            _ = try await store.put(object)
            try Data("{\"key\":\"a.s".utf8).write(to: URL(filePath: "\(folder)/.mallow/objects/a.srt.json"))
            let info = try #require(try await store.head("a.srt"))
            #expect(info.checksum == object.checksum)
            #expect(info.provenance == nil)
            #expect(try await store.get("a.srt") == object.bytes)
        }
    }

    @Test func `a restored copy with its sidecar is still ours`() async throws {
        try await withTemporaryFolder { folder in
            let store = try DirectoryStore(path: folder, pool: pool, style: .named)
            let object = ObjectStoreContract.object("a.srt", "words")
            _ = try await store.put(object)
            let file = URL(filePath: "\(folder)/a.srt")
            let bytes = try Data(contentsOf: file)
            try FileManager.default.removeItem(at: file)
            try bytes.write(to: file)
            #expect(try await store.head("a.srt")?.provenance == object.provenance)
        }
    }

    @Test func `what a store that is gone left behind is ended or removed`() async throws {
        try await withTemporaryFolder { folder in
            let first = try DirectoryStore(path: folder, pool: pool, style: .named)
            let object = ObjectStoreContract.object("deep/a.srt", "words")
            _ = try await first.put(object)
            // As after a kill between the object's name and its sidecar's.
            let abandoned = "\(folder)/.mallow/tmp/1-abandoned"
            try FileManager.default.createDirectory(atPath: abandoned, withIntermediateDirectories: true)
            let sidecar = "\(folder)/.mallow/objects/deep/a.srt.json"
            try FileManager.default.moveItem(atPath: sidecar, toPath: "\(abandoned)/3.json")
            try FileManager.default.linkItem(atPath: "\(folder)/deep/a.srt", toPath: "\(abandoned)/3")
            try Data("half".utf8).write(to: URL(filePath: "\(abandoned)/4"))
            try Data("{".utf8).write(to: URL(filePath: "\(abandoned)/4.json"))
            #expect(try await first.head("deep/a.srt")?.provenance == nil)

            let second = try DirectoryStore(path: folder, pool: pool)
            #expect(try await second.head("deep/a.srt")?.provenance == object.provenance)
            #expect(try await second.get("deep/a.srt") == object.bytes)
            #expect(!FileManager.default.fileExists(atPath: abandoned))
            withExtendedLifetime(first) {}
        }
    }

    @Test func `the temporary files of a store that lives are left alone`() async throws {
        try await withTemporaryFolder { folder in
            let staging = try DirectoryStore(path: folder, pool: pool)
            let own = try #require(try FileManager.default.contentsOfDirectory(atPath: "\(folder)/.mallow/tmp").first)
            let file = "\(folder)/.mallow/tmp/\(own)/9"
            try Data("under way".utf8).write(to: URL(filePath: file))
            let second = try DirectoryStore(path: folder, pool: pool)
            #expect(FileManager.default.fileExists(atPath: file))
            withExtendedLifetime((staging, second)) {}
        }
    }

    @Test(arguments: [
        "", "/a", "a//b", "a/", "../a", "a/../b", "a/.", ".mallow/x", ".mallow", "nul\0l",
        String(repeating: "x", count: 256), String(repeating: "x/", count: 513),
    ])
    func `a key that is no path below the folder is refused`(_ key: String) async throws {
        try await withTemporaryFolder { folder in
            let store = try DirectoryStore(path: folder, pool: pool)
            let key = ObjectKey(unchecked: key)
            try await requireFailure(.bug, "the put") { _ = try await store.put(ObjectStoreContract.object(key, "x")) }
            try await requireFailure(.bug, "the look") { _ = try await store.head(key) }
        }
    }

    @Test func `a file in the way of a key's folder is a conflict`() async throws {
        try await withTemporaryFolder { folder in
            let store = try DirectoryStore(path: folder, pool: pool)
            _ = try await store.put(ObjectStoreContract.object("a", "file"))
            try await requireFailure(.conflict, "a put below it") {
                _ = try await store.put(ObjectStoreContract.object("a/b", "x"))
            }
            #expect(try await store.head("a/b") == nil)
            #expect(try await store.get("a/b") == nil)
        }
    }

    @Test func `a folder taken away is made again at the next try`() async throws {
        try await withTemporaryFolder { folder in
            let store = try DirectoryStore(path: folder, pool: pool)
            _ = try await store.put(ObjectStoreContract.object("f/a", "1"))
            try FileManager.default.removeItem(atPath: "\(folder)/f")
            try await requireFailure(.transient, "the first put") {
                _ = try await store.put(ObjectStoreContract.object("f/b", "2"))
            }
            _ = try await store.put(ObjectStoreContract.object("f/b", "2"))
            #expect(try await store.get("f/b") == Array("2".utf8))
        }
    }

    @Test func `two stores on one folder never both win a key`() async throws {
        try await withTemporaryFolder { folder in
            let stores = [
                try DirectoryStore(path: folder, pool: pool, style: .named),
                try DirectoryStore(path: folder, pool: BlockingPool(name: "others", width: 4)),
            ]
            let wins = await withTaskGroup(of: Bool.self) { group in
                for number in 0..<40 {
                    let store = stores[number % 2]
                    group.addTask {
                        let object = ObjectStoreContract.object(ObjectKey(unchecked: "k\(number / 4)"), "\(number)")
                        // Whoever loses a key gets a conflict; only the number of winners matters here.
                        return (try? await store.put(object)) != nil
                    }
                }
                return await group.reduce(0) { $0 + ($1 ? 1 : 0) }
            }
            #expect(wins == 10)
        }
    }

    @Test func `a listing longer than one piece has every key once`() async throws {
        try await withTemporaryFolder { folder in
            let store = try DirectoryStore(path: folder, pool: pool)
            try FileManager.default.createDirectory(atPath: "\(folder)/many", withIntermediateDirectories: true)
            for number in 0..<600 { try Data().write(to: URL(filePath: "\(folder)/many/\(number)")) }
            var found: [ObjectKey] = []
            for try await key in store.keys(under: "many/") { found.append(key) }
            #expect(found.count == 600)
            #expect(Set(found).count == 600)
        }
    }

    @Test(arguments: [
        (ENOSPC, Failure.Class.transient), (EDQUOT, .transient), (EIO, .transient), (EMFILE, .transient),
        (EACCES, .auth), (EPERM, .auth), (EROFS, .auth), (EEXIST, .conflict), (EINVAL, .bug),
    ])
    func `a system's error has one meaning`(_ code: Int32, _ expected: Failure.Class) {
        #expect(SystemError(code: code).failure("put object", at: "a.srt").class == expected)
    }

    private func temporaries(_ folder: String) throws -> [String] {
        try FileManager.default.subpathsOfDirectory(atPath: "\(folder)/.mallow/tmp").filter { $0.contains("/") }
    }
}
