// SPDX-License-Identifier: Apache-2.0
import MigrationModel

/// What the tables of a catalog look like, as far as it matters to us.
struct CatalogShape: Sendable {
    /// Whether there are no tables at all: a file that is yet to become a catalog.
    let isEmpty: Bool
    /// Whether Video rows have `error_description`: releases before 2020 have not.
    let hasErrorDescription: Bool
    let hasFlags: Bool
    let hasFailedTasks: Bool
    /// What is beside them of the platform's course index: it is judged for itself, by who needs it.
    let courseIndex: CourseIndexShape
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

    init(of tables: CatalogTables) {
        isEmpty = tables.columns.isEmpty
        hasFlags = [Self.courseFlag, Self.globalFlag].allSatisfy { tables.columns[$0] != nil }
        courseIndex = CourseIndexShape(of: tables)
        hasFailedTasks = tables.columns[Self.failedTask] != nil
        hasErrorDescription = tables.columns["edxval_video"]?.contains { $0.name == "error_description" } ?? false

        var missing: [String] = []
        var foreign: [String] = []
        for (table, names) in Self.needed + Self.neededIfPresent.filter({ tables.columns[$0.table] != nil }) {
            guard let columns = tables.columns[table] else {
                missing.append("table \(table)")
                continue
            }
            // Before 2018 this column held the video's id itself.
            if columns.contains(where: { $0.name == "video_id" && !$0.isInteger }) {
                missing.append("integer column \(table).video_id")
            }
            missing += tables.missing(names, in: table)
            foreign += tables.foreign(to: Set(names).union(Self.known[table] ?? []), in: table)
        }

        var folds = false
        var unguarded: [String] = []
        for (table, columns) in Self.keys where tables.columns[table] != nil {
            guard let key = tables.uniqueKeys[table]?.first(where: { $0.columns == Set(columns) }) else {
                unguarded.append("\(table) (\(columns.joined(separator: ", ")))")
                continue
            }
            folds = folds || key.folding.contains("language_code")
        }
        foldsLanguageCase = folds
        readingObjection = missing.isEmpty ? nil : "it has no \(missing.joined(separator: ", no "))"
        writingObjection =
            readingObjection
            ?? (foreign.isEmpty ? nil : "it wants values that we do not know for \(foreign.joined(separator: ", "))")
            ?? (unguarded.isEmpty ? nil : "nothing keeps rows unique on \(unguarded.joined(separator: " and "))")
    }

    /// Somebody wants to switch a flag that the platform does not have.
    static func noFlag(of course: CourseKey) -> Failure {
        Failure(
            .bug, "switch the course's flag on", at: course.text,
            cause: "the platform has no table \(courseFlag)",
            advice: "read the flag first; a platform without these tables has nothing to switch"
        )
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
