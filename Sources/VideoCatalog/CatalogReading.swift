// SPDX-License-Identifier: Apache-2.0
import GRDB
import MigrationModel

/// The questions that are asked of a catalog, as SQL.
enum CatalogReading {
    /// How many names one query asks for.
    static let most = 500

    private static let columns =
        "transcript.id, transcript.transcript, transcript.language_code, "
        + "transcript.provider, transcript.file_format, video.edx_video_id"

    /// The rows of videos, through the join that readers use. Open edX: section 11.
    static func rows(of videos: Set<VideoID>, in database: Database) throws -> [VideoID: [CatalogRow]] {
        var found: [VideoID: [CatalogRow]] = [:]
        try inPieces(videos.map(\.text)) { names, marks in
            let statement = try database.cachedStatement(
                sql: """
                    SELECT \(columns) FROM edxval_video AS video
                    LEFT JOIN edxval_videotranscript AS transcript ON transcript.video_id = video.id
                    WHERE video.edx_video_id IN (\(marks)) ORDER BY transcript.id
                    """
            )
            let rows = try Row.fetchCursor(statement, arguments: StatementArguments(names))
            while let row = try rows.next() {
                let video = VideoID(unchecked: row[5])
                found[video, default: []] += row[0] == nil ? [] : [catalogRow(row)]
            }
        }
        return found
    }

    /// The rows that hold any of these keys, whether or not a reader would find them.
    static func rows(withKeys keys: Set<ObjectKey>, in database: Database) throws -> [CatalogRow] {
        var found: [CatalogRow] = []
        try inPieces(keys.map(\.text)) { names, marks in
            // No index covers this column: one pass over the table for each 500 keys.
            let statement = try database.cachedStatement(
                sql: """
                    SELECT \(columns) FROM edxval_videotranscript AS transcript
                    LEFT JOIN edxval_video AS video ON transcript.video_id = video.id
                    WHERE transcript.transcript IN (\(marks)) ORDER BY transcript.id
                    """
            )
            let rows = try Row.fetchCursor(statement, arguments: StatementArguments(names))
            while let row = try rows.next() { found.append(catalogRow(row)) }
        }
        return found
    }

    /// A course's flag: its newest row, by date and then by number. Open edX: section 6.1.
    static func flag(of course: CourseKey, shape: CatalogShape, in database: Database) throws -> FlagState {
        guard shape.hasFlags else { return FlagState(isAvailable: false, isOn: false) }
        let isOn = try Bool.fetchOne(
            database.cachedStatement(
                sql: """
                    SELECT enabled FROM video_config_coursevideotranscriptenabledflag
                    WHERE course_id = ? ORDER BY change_date DESC, id DESC LIMIT 1
                    """
            ),
            arguments: [course.text]
        )
        return FlagState(isAvailable: true, isOn: isOn ?? false)
    }

    private static func catalogRow(_ row: Row) -> CatalogRow {
        CatalogRow(
            id: row[0],
            video: VideoID(unchecked: row[5] ?? ""),
            language: LanguageCode(unchecked: row[2]),
            object: (row[1] as String?).map(ObjectKey.init(unchecked:)),
            format: row[4],
            provider: row[3]
        )
    }

    /// Calls `body` with up to ``most`` names and as many question marks.
    private static func inPieces(_ names: [String], _ body: ([String], String) throws -> Void) rethrows {
        for start in stride(from: 0, to: names.count, by: most) {
            let piece = Array(names[start..<min(start + most, names.count)])
            try body(piece, repeatElement("?", count: piece.count).joined(separator: ","))
        }
    }
}
