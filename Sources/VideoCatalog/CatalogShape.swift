// SPDX-License-Identifier: Apache-2.0
import GRDB
import MigrationModel

/// What the tables of a catalog file look like, as far as it matters to us.
struct CatalogShape: Sendable {
    /// Whether there are no tables at all: a file that is yet to become a catalog.
    let isEmpty: Bool
    /// Whether Video rows have `error_description`: releases before 2020 have not.
    let hasErrorDescription: Bool
    let hasFlags: Bool
    let hasFailedTasks: Bool
    /// Whether the unique key of transcripts takes `zh-CN` and `zh-cn` for one language.
    let foldsLanguageCase: Bool
    /// Why rows cannot be read from it, or nil.
    let readingObjection: String?
    /// Why rows cannot be inserted, or nil.
    let writingObjection: String?

    private static let courseFlag = "video_config_coursevideotranscriptenabledflag"
    private static let globalFlag = "video_config_videotranscriptenabledflag"
    private static let failedTask = "celery_utils_failedtask"

    private static let needed: [(table: String, columns: [String])] = [
        ("edxval_video", ["id", "created", "edx_video_id", "client_video_id", "duration", "status"]),
        (
            "edxval_videotranscript",
            ["id", "created", "modified", "video_id", "transcript", "language_code", "provider", "file_format"]
        ),
    ]
    private static let neededIfPresent: [(table: String, columns: [String])] = [
        (courseFlag, ["id", "change_date", "enabled", "course_id", "changed_by_id"]),
        (globalFlag, ["id", "change_date", "enabled", "enabled_for_all_courses", "changed_by_id"]),
        (
            failedTask,
            [
                "id", "created", "modified", "task_name", "task_id", "args", "kwargs", "exc", "datetime_resolved",
            ]
        ),
    ]
    private static let known: [String: Set<String>] = ["edxval_video": ["error_description"]]
    private static let keys: [(table: String, columns: [String])] = [
        ("edxval_video", ["edx_video_id"]), ("edxval_videotranscript", ["video_id", "language_code"]),
    ]

    /// Looks at the schema; reads no rows.
    init(of database: Database) throws {
        let tables = Set(
            try String.fetchAll(
                database,
                sql: """
                    SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite!_%' ESCAPE '!'
                    """
            )
        )
        isEmpty = tables.isEmpty
        hasFlags = tables.isSuperset(of: [Self.courseFlag, Self.globalFlag])
        hasFailedTasks = tables.contains(Self.failedTask)

        var missing: [String] = []
        var foreign: [String] = []
        for (table, names) in Self.needed + Self.neededIfPresent.filter({ tables.contains($0.table) }) {
            guard tables.contains(table) else {
                missing.append("table \(table)")
                continue
            }
            let columns = try database.columns(in: table)
            // Before 2018 this column held the video's id itself.
            if columns.contains(where: { $0.name == "video_id" && !$0.type.uppercased().contains("INT") }) {
                missing.append("integer column \(table).video_id")
            }
            missing += Set(names).subtracting(columns.map(\.name)).sorted().map { "column \(table).\($0)" }
            foreign +=
                columns
                .filter { column in
                    column.isNotNull && column.defaultValueSQL == nil && !names.contains(column.name)
                        && !(Self.known[table]?.contains(column.name) ?? false)
                }
                .map { "\(table).\($0.name)" }
        }
        hasErrorDescription =
            try tables.contains("edxval_video")
            && database.columns(in: "edxval_video").contains { $0.name == "error_description" }

        var folds = false
        var unguarded: [String] = []
        for (table, columns) in Self.keys where tables.contains(table) {
            guard let index = try Self.uniqueIndex(on: columns, of: table, in: database) else {
                unguarded.append("\(table) (\(columns.joined(separator: ", ")))")
                continue
            }
            folds = folds || (columns.contains("language_code") && index.foldsCase)
        }
        foldsLanguageCase = folds
        readingObjection = missing.isEmpty ? nil : "it has no \(missing.joined(separator: ", no "))"
        writingObjection =
            readingObjection
            ?? (foreign.isEmpty ? nil : "it wants values that we do not know for \(foreign.joined(separator: ", "))")
            ?? (unguarded.isEmpty ? nil : "nothing keeps rows unique on \(unguarded.joined(separator: " and "))")
    }

    private static func uniqueIndex(
        on columns: [String],
        of table: String,
        in database: Database
    ) throws -> (name: String, foldsCase: Bool)? {
        let indexes = try Row.fetchAll(
            database,
            sql: "SELECT name FROM pragma_index_list(?) WHERE \"unique\" = 1 AND partial = 0",
            arguments: [table]
        )
        for index in indexes {
            let name: String = index["name"]
            let parts = try Row.fetchAll(
                database,
                sql: "SELECT name, coll FROM pragma_index_xinfo(?) WHERE key = 1",
                arguments: [name]
            )
            let names = parts.map { $0["name"] as String? }
            guard Set(names) == Set(columns), names.count == columns.count else { continue }
            let language = parts.first { $0["name"] == "language_code" }
            let collation: String? = language?["coll"]
            return (name, collation?.uppercased() == "NOCASE")
        }
        return nil
    }

    /// A refusal to use the catalog at `path`.
    static func refusal(_ objection: String, at path: String) -> Failure {
        Failure(
            .bug,
            "open the catalog",
            at: path,
            cause: objection,
            advice: "use a catalog whose tables edx-val made, with a release that this program knows"
        )
    }
}
