// SPDX-License-Identifier: Apache-2.0
import MigrationModel

/// The questions that are asked of a catalog, as SQL.
struct CatalogReading {
    /// How many names one query asks for.
    static let most = 500

    let session: any CatalogSession

    private static let columns =
        "transcript.id, transcript.transcript, transcript.language_code, "
        + "transcript.provider, transcript.file_format, video.edx_video_id"

    /// Whether ``rows(of:)`` asks one question, which sees one state by itself.
    static func isOneQuestion(about videos: Set<VideoID>) -> Bool { videos.count == 1 }

    /// The rows of videos, through the join that readers use: one question for one video, else it may be several. Open
    /// edX: section 11.
    func rows(of videos: Set<VideoID>) throws -> [VideoID: [CatalogRow]] {
        var found: [VideoID: [CatalogRow]] = [:]
        // A database that folds case finds a row for an id that is written otherwise, and so do readers; one that does not
        // brings only what was asked for.
        let folded = Dictionary(grouping: videos) { $0.text.lowercased() }
        let names = Set(folded.values.compactMap { $0.count == 1 ? $0[0].text : nil })
        // Ids that differ by case alone: each is asked for by itself, as a reader would.
        let alike = folded.values.filter { $0.count > 1 }.joined().map { Set([$0.text]) }
        for group in [names] + alike where !group.isEmpty {
            try inPieces(Array(group)) { values, marks in
                let rows = try session.rows(
                    """
                    SELECT \(Self.columns) FROM edxval_video AS video
                    LEFT JOIN edxval_videotranscript AS transcript ON transcript.video_id = video.id
                    WHERE video.edx_video_id IN (\(marks)) ORDER BY transcript.id
                    """, values)
                for row in rows {
                    let written = row[5].text ?? ""
                    let asked = group.count == 1 ? group.first : folded[written.lowercased()]?.first?.text
                    guard let asked else { continue }
                    let video = VideoID(unchecked: asked)
                    found[video, default: []] += row[0] == .null ? [] : [CatalogRow(row, of: video)]
                }
            }
        }
        return found
    }

    /// The rows that hold any of these keys, whether or not a reader would find them.
    func rows(withKeys keys: Set<ObjectKey>) throws -> [CatalogRow] {
        var found: [CatalogRow] = []
        try inPieces(keys.map(\.text)) { names, marks in
            // No index covers this column: one pass over the table for each 500 keys.
            let rows = try session.rows(
                """
                SELECT \(Self.columns) FROM edxval_videotranscript AS transcript
                LEFT JOIN edxval_video AS video ON transcript.video_id = video.id
                WHERE transcript.transcript IN (\(marks)) ORDER BY transcript.id
                """, names)
            // What a collation takes for the same is another key.
            found += rows.map { CatalogRow($0, of: VideoID(unchecked: $0[5].text ?? "")) }
                .filter { row in row.object.map(keys.contains) ?? false }
        }
        return found
    }

    /// The keys that the rows with the highest numbers name.
    func newestObjects(_ count: Int) throws -> [ObjectKey] {
        // The number is of this program: some databases take no parameter there.
        try session.rows("SELECT transcript FROM edxval_videotranscript ORDER BY id DESC LIMIT \(max(0, count))", [])
            .compactMap { $0[0].text }.filter { !$0.isEmpty }.map(ObjectKey.init(unchecked:))
    }

    /// A course's flag: its newest row, by date and then by number. Open edX: section 6.1.
    func flag(of course: CourseKey, shape: CatalogShape) throws -> FlagState {
        guard shape.hasFlags else { return FlagState(isAvailable: false, isOn: false) }
        let newest = try session.rows(
            """
            SELECT enabled FROM video_config_coursevideotranscriptenabledflag
            WHERE course_id = ? ORDER BY change_date DESC, id DESC LIMIT 1
            """, [.text(course.text)])
        return FlagState(isAvailable: true, isOn: newest.first?[0].integer == 1, platform: try platformFlag())
    }

    /// The flag of the whole platform. Open edX: section 6.1.
    private func platformFlag() throws -> FlagState.Platform {
        let newest = try session.rows(
            """
            SELECT enabled, enabled_for_all_courses FROM video_config_videotranscriptenabledflag
            ORDER BY change_date DESC, id DESC LIMIT 1
            """, [])
        guard let row = newest.first, row[0].integer == 1 else { return .off }
        return row[1].integer == 1 ? .allCourses : .byCourse
    }

    /// How many rows there are. A look for people: it reads whole tables.
    func counts() throws -> (videos: Int, transcripts: Int) {
        func count(_ table: String) throws -> Int {
            Int(try session.rows("SELECT count(*) FROM \(table)", []).first?[0].integer ?? 0)
        }
        return (try count("edxval_video"), try count("edxval_videotranscript"))
    }

    /// Calls `body` with up to ``most`` names and as many question marks. There are few such numbers, so that a database
    /// knows each statement: the last name fills up.
    private func inPieces(_ names: [String], _ body: ([CatalogValue], String) throws -> Void) rethrows {
        for start in stride(from: 0, to: names.count, by: Self.most) {
            var piece = names[start..<min(start + Self.most, names.count)].map(CatalogValue.text)
            let room = [1, 8, 64, Self.most].first { $0 >= piece.count } ?? Self.most
            piece += Array(repeating: piece[0], count: room - piece.count)
            try body(piece, repeatElement("?", count: room).joined(separator: ","))
        }
    }
}

extension CatalogRow {
    /// - Parameter row: number, key, language, provider, format.
    init(_ row: [CatalogValue], of video: VideoID) {
        self.init(
            id: row[0].integer ?? 0, video: video, language: LanguageCode(unchecked: row[2].text ?? ""),
            object: row[1].text.map(ObjectKey.init(unchecked:)), format: row[4].text ?? "", provider: row[3].text ?? ""
        )
    }
}
