// SPDX-License-Identifier: Apache-2.0
#if MongoDB
import Mongo
import MigrationModel

/// What a platform's collections are called, and how each question is put to them. Open edX: sections 3.1, 4.1 and 4.3.
package struct Collections: Sendable, Hashable {
    /// What the contentstore's begin with. Open edX: the setting `bucket`.
    package var bucket = "fs"
    /// What the modulestore's begin with. Open edX: the setting `collection`.
    package var modulestore = "modulestore"

    package init() {}

    func name(_ question: Question) -> String {
        switch question {
        case .allHeads, .heads: "\(modulestore).active_versions"
        case .structures, .titles: "\(modulestore).structures"
        case .oldCourses, .oldBlocks: modulestore
        case .files, .anyFile: "\(bucket).files"
        case .chunks: "\(bucket).chunks"
        }
    }

    /// A question as one query. Only what is needed is sent.
    func query(_ question: Question) -> MongoClient.Find {
        switch question {
        case .allHeads: find(question, [:], Self.head)
        case .heads(let course): find(question, Self.filter(of: course), Self.head)
        case .structures(let ids, _): find(question, ["_id": Self.any(of: ids)], Self.structure)
        case .titles(let ids, _):
            find(
                question, ["_id": Self.any(of: ids)],
                ["root": 1, "blocks": ["$elemMatch": ["block_type": .text("course")]]])
        case .oldCourses: find(question, ["_id.category": .text("course")], ["metadata.display_name": 1])
        case .oldBlocks(let course): find(question, Self.filter(of: course), Self.oldBlock)
        case .files(let ids):
            find(
                question, ["_id": ["$in": .list(ids)]],
                ["length": 1, "chunkSize": 1, "md5": 1, "custom_md5": 1])
        case .anyFile: any(of: find(question, [:], ["length": 1]))
        case .chunks(let ids, let isFresh):
            MongoClient.Find(
                name(question), ["files_id": ["$in": .list(ids)]],
                projection: ["_id": 0, "files_id": 1, "n": 1, "data": 1], sort: ["files_id": 1, "n": 1],
                isFresh: isFresh)
        }
    }

    private func find(_ question: Question, _ filter: Fields, _ projection: Fields) -> MongoClient.Find {
        MongoClient.Find(name(question), filter, projection: projection, isFresh: Self.mustBeFresh(question))
    }

    /// A member that lags behind would hide what authors have just done. Structures never change, and chunks are held against
    /// what the primary says of their file: those may come from any member.
    private static func mustBeFresh(_ question: Question) -> Bool {
        switch question {
        case .allHeads, .heads, .oldCourses, .oldBlocks, .files, .anyFile: true
        case .structures(_, let isFresh), .titles(_, let isFresh), .chunks(_, let isFresh): isFresh
        }
    }

    private func any(of find: MongoClient.Find) -> MongoClient.Find {
        var find = find
        find.limit = 1
        return find
    }

    private static func any(of ids: [ObjectID]) -> Term { ["$in": .list(ids.map(Term.objectID))] }

    /// Old courses are found by the parts that the platform has an index for; their blocks know no run.
    private static func filter(of course: CourseKey) -> Fields {
        let (organization, name, run) = course.parts
        return switch course.generation {
        case .plus: ["org": .text(organization), "course": .text(name), "run": .text(run)]
        case .slashes: ["_id.org": .text(organization), "_id.course": .text(name), "_id.tag": .text("i4x")]
        }
    }

    private static let head: Fields = ["org": 1, "course": 1, "run": 1, "versions": 1, "last_update": 1]

    /// Of a block's fields, those that decide about transcripts, and the way through the course.
    private static let fields = [
        "children", "display_name", "sub", "transcripts", "edx_video_id", "youtube_id_1_0", "html5_sources",
    ]

    private static let structure: Fields = {
        var projection: Fields = ["root": 1, "blocks.block_type": 1, "blocks.block_id": 1]
        for field in fields { projection.append("blocks.fields.\(field)", 1) }
        // Open edX: what a block has of the library that it was taken from.
        for field in fields where field != "children" { projection.append("blocks.defaults.\(field)", 1) }
        return projection
    }()

    private static let oldBlock: Fields = {
        var projection: Fields = ["definition.children": 1, "definition.data": 1]
        for field in fields where field != "children" { projection.append("metadata.\(field)", 1) }
        return projection
    }()
}
#endif
