// SPDX-License-Identifier: Apache-2.0
package import Foundation
package import MigrationModel

/// What every object store promises. Each case needs an empty store of its own.
package enum ObjectStoreContract {
    package static let cases = cases(longestKey: 1024)

    /// - Parameter longestKey: in bytes, from 850; what a store puts before keys counts too.
    package static func cases(longestKey: Int) -> [ContractCase<any ObjectStore>] {
        [
            ContractCase("what was put is there, and gone after its deletion", roundTrip),
            ContractCase("the first object at a key stays", firstWins),
            ContractCase("bytes that are not those that were hashed are refused", refusesOtherBytes),
            ContractCase("a delete with another ETag changes nothing", deletesOnlyWhatMatches),
            ContractCase("a delete of nothing says so", deletesNothing),
            ContractCase("an ETag changes with the bytes, and only with them", etagFollowsBytes),
            ContractCase("an empty object is an object", keepsEmptyObjects),
            ContractCase(
                "keys are bytes, whatever they spell", needs: .takesLongKeys,
                {
                    try await keepsOddKeys($0, longest: longestKey)
                }),
            ContractCase("a backslash and a line feed are letters of a key", needs: .takesOddLetters, keepsOddLetters),
            ContractCase("a listing has every key under its prefix and no other", listsByPrefix),
            ContractCase("of many writers of a key exactly one wins", needs: .decidesRaces, oneWriterWins),
            ContractCase("an object keeps who wrote it", keepsProvenance),
        ]
    }

    /// An object with these words in it, from run 7.
    package static func object(_ key: ObjectKey, _ words: String, intent: UUID = UUID()) -> NewObject {
        let bytes = Array(words.utf8)
        return NewObject(
            key: key,
            bytes: bytes,
            checksum: Checksum(of: bytes),
            contentType: "text/plain",
            provenance: Provenance(run: RunID(7), intent: intent)
        )
    }

    private static func roundTrip(_ store: any ObjectStore) async throws {
        let object = object("video-transcripts/a.srt", "one")
        try require(try await store.head(object.key) == nil, "nothing is there before")
        try require(try await store.get(object.key) == nil, "nothing can be read before")
        let etag = try await store.put(object)
        let info = ObjectInfo(
            key: object.key,
            size: 3,
            etag: etag,
            checksum: object.checksum,
            provenance: object.provenance
        )
        try require(try await store.head(object.key), is: info, "what the store knows")
        try require(try await store.get(object.key), is: object.bytes, "what the store holds")
        try require(try await store.checksum(ofBytesAt: object.key), is: object.checksum, "what its bytes hash to")
        try require(try await store.delete(object.key, ifMatch: etag), is: .deleted, "the deletion")
        try require(try await store.head(object.key) == nil, "nothing is there after")
        try require(try await store.get(object.key) == nil, "nothing can be read after")
        try require(try await store.checksum(ofBytesAt: object.key) == nil, "nothing can be hashed after")
        try require(try await keys(store, "").isEmpty, "nothing is listed after")
        _ = try await store.put(object)
        try require(try await store.head(object.key), is: info, "what the store knows of the second")
    }

    private static func firstWins(_ store: any ObjectStore) async throws {
        let first = object("a.srt", "first")
        let etag = try await store.put(first)
        try await requireFailure(.conflict, "a put at a key that is taken") {
            _ = try await store.put(object("a.srt", "second"))
        }
        try await requireFailure(.conflict, "the same put again") { _ = try await store.put(first) }
        try require(try await store.get("a.srt"), is: first.bytes, "what the store holds")
        try require(try await store.head("a.srt")?.etag, is: etag, "the ETag")
        try require(try await store.head("a.srt")?.provenance, is: first.provenance, "who wrote it")
    }

    private static func refusesOtherBytes(_ store: any ObjectStore) async throws {
        let good = object("a.srt", "good")
        let bad = NewObject(
            key: good.key,
            bytes: Array("g00d".utf8),
            checksum: good.checksum,
            contentType: good.contentType,
            provenance: good.provenance
        )
        try await requireFailure(.integrity, "a put of other bytes") { _ = try await store.put(bad) }
        try require(try await store.head(good.key) == nil, "nothing is there")
    }

    private static func deletesOnlyWhatMatches(_ store: any ObjectStore) async throws {
        let object = object("a.srt", "one")
        let etag = try await store.put(object)
        let other = try await store.put(Self.object("b.srt", "two"))
        try require(try await store.delete(object.key, ifMatch: other), is: .changed, "the deletion")
        try require(try await store.get(object.key), is: object.bytes, "what the store holds")
        try require(try await store.head(object.key)?.etag, is: etag, "the ETag")
    }

    private static func deletesNothing(_ store: any ObjectStore) async throws {
        let etag = try await store.put(object("a.srt", "one"))
        try require(try await store.delete("b.srt", ifMatch: etag), is: .absent, "the deletion")
        try require(try await store.delete("x/y/b.srt", ifMatch: etag), is: .absent, "the deletion")
        try require(try await store.delete("a.srt", ifMatch: etag), is: .deleted, "the first deletion")
        try require(try await store.delete("a.srt", ifMatch: etag), is: .absent, "the second deletion")
    }

    private static func etagFollowsBytes(_ store: any ObjectStore) async throws {
        let first = try await store.put(object("a.srt", "one"))
        try require(try await store.head("a.srt")?.etag, is: first, "the ETag of head")
        try require(try await store.delete("a.srt", ifMatch: first), is: .deleted, "the deletion")
        let second = try await store.put(object("a.srt", "two"))
        try require(first != second, "other bytes have another ETag")
        try require(
            try await store.delete("a.srt", ifMatch: first),
            is: .changed,
            "a deletion of what was there before"
        )
    }

    private static func keepsEmptyObjects(_ store: any ObjectStore) async throws {
        let empty = object("empty.srt", "")
        let etag = try await store.put(empty)
        try require(try await store.get(empty.key), is: [], "what the store holds")
        try require(try await store.head(empty.key)?.size, is: 0, "the size")
        try await requireFailure(.conflict, "a put at its key") { _ = try await store.put(object("empty.srt", "x")) }
        try require(try await store.delete(empty.key, ifMatch: etag), is: .deleted, "the deletion")
    }

    private static func keepsOddKeys(_ store: any ObjectStore, longest: Int) async throws {
        let part = String(repeating: "p", count: 255)
        let end = String(repeating: "k", count: 253) + "é"
        let rest = String(part.prefix(longest - 3 * 256 - 56))
        let long = [rest, String(part.prefix(55)), part, part, end].joined(separator: "/")
        try require(long.utf8.count, is: longest, "the length of the longest key")
        let odd = [
            "with space.srt", "a+b.srt", "a b", "a%20b", "100%.srt", "?&=#;", "\"quoted\".srt",
            "caf\u{E9}.srt", "cafe\u{301}.srt", "字幕/中文.srt", "🎬.srt", ".hidden", "..double", "~", "a.json", "a",
            "b.json/c", "b", "x.json.json", long,
        ]
        .map(ObjectKey.init(unchecked:))
        try await keep(odd, in: store)
    }

    private static func keepsOddLetters(_ store: any ObjectStore) async throws {
        try await keep(["back\\slash.srt", "new\nline.srt"], in: store)
    }

    private static func keep(_ odd: [ObjectKey], in store: any ObjectStore) async throws {
        for key in odd { _ = try await store.put(object(key, "words of \(key)")) }
        for key in odd {
            try require(try await store.get(key), is: Array("words of \(key)".utf8), "what the store holds at \(key)")
            try require(try await store.head(key)?.key, is: key, "the key")
            try require(try await store.head(key)?.provenance?.run, is: RunID(7), "who wrote \(key)")
        }
        try require(try await keys(store, ""), is: Set(odd), "the listing")
    }

    private static func listsByPrefix(_ store: any ObjectStore) async throws {
        let all: [ObjectKey] = [
            "video-transcripts/a.srt", "video-transcripts/b.srt", "video-transcripts/deep/c.srt", "video",
            "other/d.srt",
            "cafe\u{301}/e.srt",
        ]
        for key in all { _ = try await store.put(object(key, key.text)) }
        try require(try await keys(store, ""), is: Set(all), "the listing of all")
        try require(try await keys(store, "video-transcripts/"), is: Set(all[0...2]), "the listing of a folder")
        try require(try await keys(store, "video"), is: Set(all[0...3]), "the listing of a word")
        try require(try await keys(store, "video-transcripts/a"), is: [all[0]], "the listing of part of a name")
        try require(try await keys(store, "video-transcripts/deep/c.srt"), is: [all[2]], "the listing of a key")
        try require(try await keys(store, "caf\u{E9}").isEmpty, "a prefix is compared by its bytes")
        try require(try await keys(store, "nothing/").isEmpty, "a prefix of nothing lists nothing")
    }

    private static func oneWriterWins(_ store: any ObjectStore) async throws {
        let wins = try await withThrowingTaskGroup(of: (ObjectKey, UUID)?.self) { group in
            for key in 0..<10 {
                for writer in 0..<8 {
                    group.addTask {
                        let object = object(ObjectKey(unchecked: "folder/\(key).srt"), "words of \(writer)")
                        do {
                            _ = try await store.put(object)
                            return (object.key, object.provenance.intent)
                        } catch let failure as Failure where failure.class == .conflict {
                            return nil
                        }
                    }
                }
            }
            return try await group.reduce(into: []) { wins, win in wins += win.map { [$0] } ?? [] }
        }
        try require(wins.count, is: 10, "the number of winners")
        try require(Set(wins.map(\.0)).count, is: 10, "the number of keys won")
        for (key, intent) in wins {
            let info = try await store.head(key)
            try require(info?.provenance?.intent, is: intent, "who wrote \(key)")
            let bytes = try await store.get(key) ?? []
            try require(Checksum(of: bytes), is: info?.checksum ?? Checksum(of: []), "the bytes of \(key)")
        }
    }

    private static func keepsProvenance(_ store: any ObjectStore) async throws {
        let (first, second) = (UUID(), UUID())
        _ = try await store.put(object("a.srt", "same", intent: first))
        _ = try await store.put(object("b.srt", "same", intent: second))
        try require(
            try await store.head("a.srt")?.provenance,
            is: Provenance(run: RunID(7), intent: first),
            "who wrote a.srt"
        )
        try require(
            try await store.head("b.srt")?.provenance,
            is: Provenance(run: RunID(7), intent: second),
            "who wrote b.srt"
        )
    }

    private static func keys(_ store: any ObjectStore, _ prefix: String) async throws -> Set<ObjectKey> {
        var found: [ObjectKey] = []
        for try await key in store.keys(under: prefix) { found.append(key) }
        try require(Set(found).count, is: found.count, "the number of different keys listed")
        return Set(found)
    }
}
