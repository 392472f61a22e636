// SPDX-License-Identifier: Apache-2.0
import Foundation
import Migration
import MigrationModel
import TestDoubles
import Testing

/// A checker that never complains proves nothing: each defect planted by hand must be named by it.
@Suite struct LawsTests {
    /// A migrated world, its laws, and what stands in its stores.
    private static func migrated() async throws -> (laws: Laws, contents: StoreContents, stranger: ObjectKey) {
        let world = MemoryWorld(SimulatedCourses.oneVideo())
        let stranger: ObjectKey = "video-transcripts/stranger.srt"
        world.store.plant(stranger, Array("theirs".utf8))
        world.catalog.insertAsAuthor("other-video", "en", stranger)
        let laws = Laws(before: world.contents, courses: SimulatedCourses.expectedOfOneVideo(), intents: [])
        let lives = try await Simulation(world).liveUntilQuiet()
        try #require(lives == 1)
        return (laws.knowing(world.intents), world.contents, stranger)
    }

    @Test func `where nothing is planted it names nothing`() async throws {
        let (laws, contents, _) = try await Self.migrated()
        #expect(contents.rows.count == 4)
        #expect(laws.violations(in: contents, isFinished: true).isEmpty)
    }

    @Test(arguments: Defect.all) func `each planted defect is named`(_ defect: Defect) async throws {
        var (laws, contents, stranger) = try await Self.migrated()
        defect.plant(&contents, stranger)
        let named = Set(laws.violations(in: contents, isFinished: true).map(\.law))
        #expect(named.contains(defect.law), "named: \(named)")
    }

    /// One way in which stores can be wrong.
    struct Defect: Sendable, CustomStringConvertible {
        let description: String
        let law: Laws.Violation.Law
        let plant: @Sendable (inout StoreContents, ObjectKey) -> Void

        init(
            _ description: String, _ law: Laws.Violation.Law,
            _ plant: @escaping @Sendable (inout StoreContents, ObjectKey) -> Void
        ) {
            (self.description, self.law, self.plant) = (description, law, plant)
        }

        static let all: [Defect] = [
            Defect("an orphan", .orphanObject) { contents, _ in
                let key = contents.ours[0].object
                contents.rows.removeAll { $0.object == key }
            },
            Defect("a missing object", .missingObject) { contents, _ in
                contents.objects[contents.ours[0].object ?? ""] = nil
            },
            Defect("half a video", .partialVideo) { contents, _ in
                let row = contents.ours[0]
                contents.rows.removeAll { $0 == row }
                contents.objects[row.object ?? ""] = nil
            },
            Defect("swapped languages", .wrongBytes) { contents, _ in
                let (first, second) = (contents.ours[1], contents.ours[2])
                contents.rows.removeAll { $0 == first || $0 == second }
                contents.rows.append(first.naming(second.object))
                contents.rows.append(second.naming(first.object))
            },
            Defect("a flipped bit", .wrongBytes) { contents, _ in
                contents.change(contents.ours[0].object, to: Array("flipped".utf8))
            },
            Defect("a wrong format", .wrongFormat) { contents, _ in
                let row = contents.ours[0]
                contents.rows.removeAll { $0 == row }
                contents.rows.append(row.naming(row.object, format: row.format == "srt" ? "sjson" : "srt"))
            },
            Defect("a stranger's object overwritten", .overwritten) { contents, stranger in
                contents.change(stranger, to: Array("ours".utf8))
            },
            Defect("a stranger's object gone", .overwritten) { $0.objects[$1] = nil },
            Defect("a stranger's row changed", .overwritten) { contents, stranger in
                contents.rows = contents.rows.map { $0.object == stranger ? $0.naming("elsewhere") : $0 }
            },
            Defect("a duplicate row", .duplicateRow) { contents, _ in
                contents.rows.append(contents.ours[0].naming(contents.ours[0].object, id: 900))
            },
            Defect("an object shared by two rows", .sharedObject) { contents, _ in
                let (first, second) = (contents.ours[0], contents.ours[1])
                contents.rows.removeAll { $0 == second }
                contents.rows.append(second.naming(first.object))
            },
            Defect("the row of a video nobody has", .unexpectedRow) { contents, _ in
                let row = contents.ours[0]
                contents.rows.append(
                    CatalogRow(
                        id: 900, video: "nobody", language: row.language, object: row.object, format: row.format,
                        provider: row.provider
                    )
                )
            },
            Defect("an early flag", .earlyFlag) { contents, _ in
                contents.rows.removeAll { $0.video == "video-1" }
            },
            Defect("a video that is missing", .missingRow) { contents, _ in
                contents.rows.removeAll { $0.video == "video-1" }
            },
            Defect("a flag that is missing", .missingFlag) { contents, _ in contents.flags = [] },
            Defect("an object nobody announced", .unannounced) { contents, _ in
                contents.objects["video-transcripts/unannounced.srt"] = StoreContents.Object(
                    checksum: Checksum(of: []), intent: UUID()
                )
            },
        ]
    }

    @Test func `every law has a planted defect`() {
        #expect(Set(Defect.all.map(\.law)) == Set(Laws.Violation.Law.allCases))
    }
}

extension StoreContents {
    /// The rows of the video that was migrated, by language.
    fileprivate var ours: [CatalogRow] { rows.filter { $0.video == "video-1" }.sorted { $0.language < $1.language } }

    fileprivate mutating func change(_ key: ObjectKey?, to bytes: [UInt8]) {
        guard let key, let object = objects[key] else { return }
        objects[key] = Object(checksum: Checksum(of: bytes), intent: object.intent)
    }
}

extension CatalogRow {
    fileprivate func naming(_ object: ObjectKey?, id: Int64? = nil, format: String? = nil) -> CatalogRow {
        CatalogRow(
            id: id ?? self.id, video: video, language: language, object: object, format: format ?? self.format,
            provider: provider
        )
    }
}
