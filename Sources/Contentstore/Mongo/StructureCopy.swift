// SPDX-License-Identifier: Apache-2.0
#if MongoDB
import Mongo
import MigrationModel

/// A head's structure once more, with ids in it: everything else stays byte for byte as it was.
struct StructureCopy {
    /// Who the platform says has edited what its own commands edit. Open edX: section 1.3.
    static let editor: Int64 = -1

    /// In bytes.
    private static let longest = 16 * 1024 * 1024

    /// What a copy of the draft is known by to the published head's.
    struct Draft {
        let structure: ObjectID
        /// The version that each block with a new id had before.
        let versions: [UsageKey: ObjectID]
    }

    let course: CourseKey
    let ids: [UsageKey: VideoID]
    let before, after: ObjectID
    /// Milliseconds since 1970.
    let date: Int64
    /// For the published head: the draft's copy. A block that was equal in both is equal in both copies.
    let draft: Draft?

    /// Reads it, makes its copy, and inserts that; a copy that is there already is taken. Blocks.
    ///
    /// - Throws: ``MongoError``; ``Failure`` where the structure is gone.
    func make(_ client: MongoClient, _ collection: String) throws -> Draft {
        let copy = DocumentWriter()
        var versions: [UsageKey: ObjectID]?
        try client.find(MongoClient.Find(collection, ["_id": .objectID(before)], isFresh: true)) { structure in
            versions = try write(structure, to: copy)
        }
        guard let versions else {
            throw Failure.stored("write back", at: "\(course), structure \(before)", cause: "it is not there")
        }
        guard copy.length <= Self.longest else {
            throw Failure.stored(
                "write back", at: "\(course), structure \(before)",
                cause: "with its new ids it would have \(copy.length) bytes, and MongoDB keeps \(Self.longest)",
                advice: "remove what the course does not use in Studio, or run it with --no-write-back")
        }
        do {
            try client.insert(copy, into: collection)
        } catch let error as MongoError where error.isDuplicate {
            // Ours: nobody else makes this id.
        }
        return Draft(structure: after, versions: versions)
    }

    private func write(_ structure: DocumentView, to copy: DocumentWriter) throws -> [UsageKey: ObjectID] {
        var versions: [UsageKey: ObjectID] = [:]
        copy.append("_id", .objectID(after))
        copy.append("previous_version", .objectID(before))
        copy.append("edited_by", .integer(Self.editor))
        copy.append("edited_on", .date(date))
        try structure.forEach { element in
            switch element.name {
            case "_id", "previous_version", "edited_by", "edited_on": break
            case "blocks":
                guard let list = element.value.array else { return copy.append(element) }
                let blocks = DocumentWriter()
                try list.forEach { try write($0, to: blocks, &versions) }
                copy.append("blocks", listOf: blocks)
            default: copy.append(element)
            }
        }
        return versions
    }

    private func write(_ element: Element, to blocks: DocumentWriter, _ versions: inout [UsageKey: ObjectID]) throws {
        guard let block = element.value.document, let type = try block["block_type"]?.text,
            let name = try block["block_id"]?.text
        else { return blocks.append(element) }
        let key = UsageKey(course: course, type: type, block: name)
        let fields = try block["fields"]?.document
        guard let id = ids[key],
            try VideoDocument(try block["fields"], defaults: try block["defaults"]).fields.edxVideoID.isEmpty
        else {
            return blocks.append(element)
        }
        let info = try block["edit_info"]?.document
        let update = try info?["update_version"]?.objectID
        let version = try info?["source_version"]?.objectID ?? update
        versions[key] = version
        let changed = DocumentWriter()
        try block.forEach { element in
            if element.name != "fields", element.name != "edit_info" { changed.append(element) }
        }
        changed.append("fields", try Self.copy(fields, ["edx_video_id": .text(id.text)]))
        let isPublishedAsDrafted = version != nil && draft?.versions[key] == version
        changed.append(
            "edit_info",
            try Self.copy(
                info,
                [
                    "edited_by": .integer(Self.editor), "edited_on": .date(date), "update_version": .objectID(after),
                    "previous_version": update.map(Term.objectID) ?? .null,
                    "source_version": isPublishedAsDrafted ? draft.map { .objectID($0.structure) } ?? .null : .null,
                ]))
        blocks.append(element.name, changed)
    }

    /// A document with some of its fields set anew, the rest as they were.
    private static func copy(_ document: DocumentView?, _ changes: Fields) throws -> DocumentWriter {
        let copy = DocumentWriter()
        try document?.forEach { if changes[$0.name] == nil { copy.append($0) } }
        copy.append(changes)
        return copy
    }
}
#endif
