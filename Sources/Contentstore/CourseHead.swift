// SPDX-License-Identifier: Apache-2.0
import Foundation
import MigrationModel

/// Which course an export holds, and its name.
struct CourseHead: Sendable {
    let summary: CourseSummary
    /// The last part of the key, which also names the root's file.
    let run: String

    /// Reads `course.xml`, and only what the name needs besides. Blocks.
    ///
    /// - Throws: ``Failure`` when the export holds no course, or one whose key cannot be told.
    static func read(_ folder: SafeFolder, cache: inout BlockFileCache, limits: ExportLimits) throws -> CourseHead {
        guard let file = try cache.file("course.xml", in: folder, limits: limits) else {
            let isLibrary = try folder.identity(of: "library.xml") != nil
            let cause = isLibrary ? "it holds a content library, not a course" : "there is no course.xml in it"
            throw Failure.export("read export", at: folder.place(""), cause: cause)
        }
        let key = try key(of: file, in: folder)
        let run = key.parts.run
        let path = BlockPath(type: "course", block: run)
        let root = try cache.file(path.file, in: folder, limits: limits)
        let title =
            try root?.rootAttributes["display_name"] ?? file.rootAttributes["display_name"]
            ?? policyTitle(run: run, in: folder, limits: limits) ?? key.parts.course
        return CourseHead(summary: CourseSummary(key: key, title: title), run: run)
    }

    private static func key(of file: BlockFile, in folder: SafeFolder) throws -> CourseKey {
        let root = file.elements[0]
        let place = folder.place("course.xml", line: root.line)
        guard root.type == "course" else {
            throw Failure.export("read export", at: place, cause: "its root is <\(root.type)>, not <course>")
        }
        let names = [
            "org": file.rootAttributes["org"], "course": file.rootAttributes["course"], "url_name": root.urlName,
        ]
        for (name, value) in names.sorted(by: { $0.key < $1.key }) where value?.isEmpty ?? true {
            throw Failure.export("read export", at: place, cause: "<course> has no \(name)")
        }
        let run = root.urlName ?? ""
        if let objection = BlockPath.objection(to: run) {
            let cause = "url_name \(run.debugDescription) cannot name a course's run: \(objection)"
            throw Failure.export("read export", at: place, cause: cause)
        }
        do {
            return try CourseKey(
                organization: names["org"]?.map { $0 } ?? "",
                course: names["course"]?.map { $0 } ?? "",
                run: run
            )
        } catch {
            throw Failure.export("read export", at: place, cause: "\(error)")
        }
    }

    /// What Studio's policy file calls the course. A policy that cannot be read names nothing and hides nothing.
    private static func policyTitle(run: String, in folder: SafeFolder, limits: ExportLimits) throws -> String? {
        let way = BlockPath(type: "policies", block: run).text + "/policy.json"
        guard let (bytes, _) = try folder.bytes(of: way, atMost: limits.documentBytes) else { return nil }
        // Everything that decides about transcripts is in the XML.
        let json = try? JSONSerialization.jsonObject(with: Data(bytes))  // a broken policy costs the title only
        let course = (json as? [String: Any])?["course/\(run)"] as? [String: Any]
        return course?["display_name"] as? String
    }
}
