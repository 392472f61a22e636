// SPDX-License-Identifier: Apache-2.0
#if MongoDB
import Mongo
import MigrationModel
import Synchronization

/// One pass over all courses of both modulestores: their keys at once, which are small, and their titles as they are asked
/// for.
final class StoredCourses: Sendable {
    /// How many titles one query brings: each makes the server read a structure.
    private static let atOnce = 50

    private enum Entry: Sendable {
        case split(CourseKey, ObjectID)
        case old(CourseSummary)
        case unreadable(name: String, Failure)

        /// By which they are ordered.
        var name: String {
            switch self {
            case .split(let key, _): key.text
            case .old(let summary): summary.key.text
            case .unreadable(let name, _): name
            }
        }
    }

    private struct State {
        var entries: ArraySlice<Entry>?
        var listings: ArraySlice<CourseListing> = []
    }

    private let documents: any Documents
    private let index: (any CourseIndex)?
    private let state = Mutex(State())

    /// - Parameter index: where newer releases say which courses there are; nil for none.
    init(_ documents: any Documents, index: (any CourseIndex)?) { (self.documents, self.index) = (documents, index) }

    /// The next course in order of the keys' bytes; nil after the last. To be called by one task at a time.
    ///
    /// - Throws: ``Failure`` when the courses cannot be listed at all.
    func next() async throws -> CourseListing? {
        if let listing = state.withLock({ $0.listings.popFirst() }) { return listing }
        var entries: ArraySlice<Entry>
        if let known = state.withLock(\.entries) { entries = known } else { entries = try await list()[...] }
        let part = entries.prefix(Self.atOnce)
        entries.removeFirst(part.count)
        let left = entries
        let listings = try await listings(of: part)
        return state.withLock { state in
            state.entries = left
            state.listings = listings[...]
            return state.listings.popFirst()
        }
    }

    /// Two queries.
    private func list() async throws -> [Entry] {
        let old = try await documents.ask(.oldCourses, into: [Entry]()) { [documents] entries, document in
            let id = try document["_id"]?.document
            func part(_ name: String) throws -> String { try id?[name]?.text ?? "" }
            let (organization, course, run) = (try part("org"), try part("course"), try part("name"))
            // The platform's own templates for new blocks.
            if organization == "edx", course == "templates" { return }
            let name = "\(organization)/\(course)/\(run)"
            do throws(InvalidKey) {
                let key = try CourseKey(name)
                let title = try? document["metadata"]?.document?["display_name"]?.text  // a broken one costs the title
                entries.append(.old(CourseSummary(key: key, title: title ?? course)))
            } catch {
                let place = "\(name) in \(documents.place(of: .oldCourses))"
                entries.append(.unreadable(name: name, .stored("list course", at: place, cause: error.reason)))
            }
        }
        let entries = try await splitEntries() + old
        // A database of another name reads as one that is empty, and nothing to do would look like all of it done.
        guard !entries.isEmpty else {
            throw Failure.stored(
                "list courses", at: documents.place(of: .allHeads), cause: "there is no course in it",
                advice: "name the platform's own database, and its collection= where that is not modulestore")
        }
        try await proveContentstore()
        return entries.sorted { $0.name.isBytewiseBefore($1.name) }
    }

    /// A collection that is not there reads as one that is empty: every transcript would be a reference that leads nowhere,
    /// and every course would cut over with nothing.
    private func proveContentstore() async throws {
        let isThere = try await documents.ask(.anyFile, into: false) { isThere, _ in isThere = true }
        guard isThere else {
            throw Failure.stored(
                "list courses", at: documents.place(of: .anyFile), cause: "there are courses, and no asset of any",
                advice: "name the contentstore's own database, and its bucket= where that is not fs")
        }
    }

    /// From SQL where the platform reads them there. Open edX: section 4.4.
    private func splitEntries() async throws -> [Entry] {
        if let index, try await index.isThere() {
            return try await index.allHeads().map { heads in
                Self.entry(heads.course, at: "\(heads.course) in the SQL index") { try SplitHeads(heads) }
            }.compactMap(\.self)
        }
        return try await documents.ask(.allHeads, into: [Entry]()) { [documents] entries, document in
            let key = try SplitHeads.key(of: document)
            let place = "\(key) in \(documents.place(of: .allHeads))"
            if let entry = Self.entry(key, at: place, { try SplitHeads(document) }) { entries.append(entry) }
        }
    }

    /// - Returns: nil for a library.
    private static func entry(_ course: CourseKey, at place: String, _ heads: () throws -> SplitHeads) -> Entry? {
        do {
            let heads = try heads()
            if heads.isLibrary { return nil }
            let key = try CourseKey(course.text)
            guard let head = heads.published ?? heads.draft else {
                throw Failure.stored("list course", at: place, cause: "it has no head")
            }
            return .split(key, head)
        } catch let invalid as InvalidKey {
            return .unreadable(name: course.text, .stored("list course", at: place, cause: invalid.reason))
        } catch {
            return .unreadable(name: course.text, Failure(error, "list course", at: place))
        }
    }

    private func listings(of entries: ArraySlice<Entry>) async throws -> [CourseListing] {
        let heads = entries.compactMap { if case .split(_, let head) = $0 { head } else { nil } }
        let titles = heads.isEmpty ? [:] : try await titles(of: heads)
        return entries.map { entry in
            switch entry {
            case .split(let key, let head):
                .course(CourseSummary(key: key, title: titles[head] ?? key.parts.course))
            case .old(let summary): .course(summary)
            case .unreadable(let name, let failure): .unreadable(name: name, failure)
            }
        }
    }

    /// One query, and another for what a member that lags does not have yet. A course without a title, or whose structure is
    /// broken, has none: reading the course says why.
    private func titles(of heads: [ObjectID]) async throws -> [ObjectID: String] {
        var titles = try await titles(.titles(heads))
        let missing = Set(heads).subtracting(titles.keys)
        if !missing.isEmpty {
            titles.merge(try await self.titles(.titles(missing.sorted(), isFresh: true))) { $1 }
        }
        return titles.compactMapValues(\.self)
    }

    /// - Returns: nil for a structure without one.
    private func titles(_ question: Question) async throws -> [ObjectID: String?] {
        try await documents.ask(question, into: [:]) { titles, document in
            guard let id = try document["_id"]?.objectID else { return }
            var title: String?
            try document["blocks"]?.array?.forEach { element in
                guard title == nil, let block = element.value.document, try block["block_type"]?.text == "course"
                else { return }
                title = try block["fields"]?.document?["display_name"]?.text
            }
            titles[id] = .some(title)
        }
    }
}
#endif
