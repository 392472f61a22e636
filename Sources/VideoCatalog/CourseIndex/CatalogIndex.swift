// SPDX-License-Identifier: Apache-2.0
import MigrationModel

/// A database that the platform may have its course index in, beside edx-val's tables.
protocol IndexedDatabase: Sendable {
    /// How it is named in a failure.
    var place: String { get }

    /// What it has of the index.
    ///
    /// - Throws: ``Failure`` where that cannot be known.
    func indexShape() async throws -> CourseIndexShape

    /// Why heads cannot be had as this database is opened, or nil.
    func objection(to shape: CourseIndexShape) -> String?

    /// Runs `body` on one state of the database.
    func readIndex<Value: Sendable>(
        at place: String, _ body: @escaping @Sendable (CourseIndexReading) throws -> Value
    ) async throws -> Value

    /// The same for one course, when every change of its row that was ever begun is over.
    func readSettledIndex<Value: Sendable>(
        of course: CourseKey, _ body: @escaping @Sendable (CourseIndexReading) throws -> Value
    ) async throws -> Value
}

/// One that takes changes.
protocol WritableIndexedDatabase: IndexedDatabase {
    /// Runs `body` in a transaction of its own; durable when it returns.
    func write<Value: Sendable>(
        _ what: String, at place: String, _ body: @escaping @Sendable (CatalogWriting) throws -> Value
    ) async throws -> Value
}

extension IndexedDatabase {
    func objection(to shape: CourseIndexShape) -> String? { shape.readingObjection }

    /// For a database whose changes are over when their call is, or that makes none.
    func readSettledIndex<Value: Sendable>(
        of course: CourseKey, _ body: @escaping @Sendable (CourseIndexReading) throws -> Value
    ) async throws -> Value {
        try await readIndex(at: course.text, body)
    }
}

extension WritableIndexedDatabase {
    func objection(to shape: CourseIndexShape) -> String? { shape.writingObjection }
}

/// The platform's course index in whichever database. It is looked at when it is asked something and not before: most
/// catalogs are never asked.
struct CatalogIndex<Database: IndexedDatabase>: CourseIndex {
    let database: Database

    func isThere() async throws -> Bool { try await judged().isThere }

    func allHeads() async throws -> [IndexedHeads] {
        _ = try await present()
        return try await database.readIndex(at: "all courses") { try $0.allHeads() }
    }

    func heads(of course: CourseKey) async throws -> IndexedHeads? {
        _ = try await present()
        return try await database.readSettledIndex(of: course) { try $0.heads(of: course) }
    }

    private func judged() async throws -> CourseIndexShape {
        let shape = try await database.indexShape()
        if let objection = database.objection(to: shape) {
            throw CourseIndexShape.refusal(objection, at: database.place)
        }
        return shape
    }

    private func present() async throws -> CourseIndexShape {
        let shape = try await judged()
        guard shape.isThere else { throw CourseIndexShape.absence(at: database.place) }
        return shape
    }
}

extension CatalogIndex: WritableCourseIndex where Database: WritableIndexedDatabase {
    func move(to heads: IndexedHeads) async throws -> Bool {
        let shape = try await present()
        return try await database.write("move the course's heads", at: heads.course.text) {
            try CourseIndexWriting(session: $0.session, shape: shape, now: $0.now).move(to: heads)
        }
    }

    func tryOut() async throws {
        let shape = try await present()
        try await database.write("try to move heads", at: database.place) {
            try CourseIndexWriting(session: $0.session, shape: shape, now: $0.now).tryOut()
        }
    }
}
