// SPDX-License-Identifier: Apache-2.0
#if MongoDB
package import Foundation
import Mongo
package import MigrationModel

/// Writes new ids into courses in MongoDB, as the platform saves them. Open edX: sections 4.2 and 4.3.
package struct MongoWriter: CourseWriter {
    let documents: ServerDocuments
    let index: (any WritableCourseIndex)?
    private let now: @Sendable () -> Date

    /// - Parameter index: where newer releases say which structures are a course's heads; nil for none.
    package init(
        _ documents: ServerDocuments, index: (any WritableCourseIndex)?, now: @escaping @Sendable () -> Date
    ) {
        (self.documents, self.index, self.now) = (documents, index, now)
    }

    package func plan(
        _ ids: [UsageKey: VideoID], in course: CourseKey, at version: String?, as id: UUID
    ) async throws -> WriteBack? {
        switch course.generation {
        case .plus:
            guard let moves = try await split(course).moves(for: ids, at: version), !moves.isEmpty else { return nil }
            return WriteBack(id: id, course: course, ids: ids, moves: moves)
        case .slashes:
            let lacking = try await OldWriter(documents: documents, course: course).lacking(ids)
            return lacking.isEmpty ? nil : WriteBack(id: id, course: course, ids: ids, documents: lacking)
        }
    }

    package func apply(_ writeBack: WriteBack) async throws -> Bool {
        switch writeBack.course.generation {
        case .plus: return try await split(writeBack.course).apply(writeBack)
        case .slashes:
            try await OldWriter(documents: documents, course: writeBack.course).give(writeBack)
            return true
        }
    }

    /// In SQL as in MongoDB, where the platform keeps its heads in both: what removes old structures goes by MongoDB's.
    package func holds(_ writeBack: WriteBack) async throws -> Bool {
        guard try await holds(writeBack, MongoSource(documents, index: index)) else { return false }
        guard writeBack.course.generation == .plus, let index, try await index.isThere(),
            try await split(writeBack.course).isInMongoDB
        else { return true }
        return try await holds(writeBack, MongoSource(documents, index: nil))
    }

    private func holds(_ writeBack: WriteBack, _ source: MongoSource) async throws -> Bool {
        let outline = try await source.outline(of: writeBack.course)
        return outline.videos.allSatisfy { video in
            guard let id = writeBack.ids[video.usageKey] else { return true }
            return [video.published, video.draft].compactMap(\.self).allSatisfy { $0.edxVideoID == id.text }
        }
    }

    package func undo(_ writeBack: WriteBack) async throws -> Bool {
        switch writeBack.course.generation {
        case .plus: try await split(writeBack.course).undo(writeBack)
        case .slashes: try await OldWriter(documents: documents, course: writeBack.course).take(writeBack)
        }
    }

    private func split(_ course: CourseKey) -> SplitWriter {
        SplitWriter(documents: documents, index: index, course: course, now: now)
    }
}
#endif
