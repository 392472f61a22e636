// SPDX-License-Identifier: Apache-2.0
import MigrationModel

/// The questions that are asked of a course index, as SQL.
struct CourseIndexReading {
    let session: any CatalogSession

    /// The time as text, since a change is made under exactly what the database says.
    private static let columns = "id, course_id, draft_version, published_version, CAST(last_update AS CHAR)"

    func allHeads() throws -> [IndexedHeads] {
        // Libraries are library-v1:.
        try session.rows(
            "SELECT \(Self.columns) FROM \(CourseIndexShape.table) WHERE course_id LIKE 'course-v1:%'", []
        ).map(IndexedHeads.init).sorted { $0.course < $1.course }
    }

    func heads(of course: CourseKey) throws -> IndexedHeads? { try row(of: course).map(IndexedHeads.init) }

    /// The number of a course's row.
    func number(of course: CourseKey) throws -> Int64? { try row(of: course)?[0].integer }

    private func row(of course: CourseKey) throws -> [CatalogValue]? {
        // What a collation takes for the same is another course.
        try session.rows(
            "SELECT \(Self.columns) FROM \(CourseIndexShape.table) WHERE course_id = ?", [.text(course.text)]
        ).first { CourseKey(unchecked: $0[1].text ?? "") == course }
    }
}

extension IndexedHeads {
    /// - Parameter row: number, course, draft, published, time. A head that a course does not have is empty.
    fileprivate init(_ row: [CatalogValue]) {
        func head(_ value: CatalogValue) -> String? { value.text.flatMap { $0.isEmpty ? nil : $0 } }
        self.init(
            course: CourseKey(unchecked: row[1].text ?? ""), draft: head(row[2]), published: head(row[3]),
            lastUpdate: row[4].text ?? "")
    }
}
