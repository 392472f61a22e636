// SPDX-License-Identifier: Apache-2.0
@testable import Contentstore
import Foundation
import MigrationModel
import Testing
import Threading

/// A temporary folder for one test, with what is needed to fill it with exports and read them back.
final class ExportFolder: Sendable {
    private let root: String
    /// Where exports lie.
    var path: String { "\(root)/exports" }
    /// Where archives are unpacked.
    var temporary: String { "\(root)/temporary" }

    init() throws {
        root = FileManager.default.temporaryDirectory.appending(path: "mallow-test-\(UUID().uuidString)").path
        for folder in [path, temporary] {
            try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        }
    }

    deinit {
        // A test that made something unremovable has failed already.
        try? FileManager.default.removeItem(atPath: root)
    }

    func write(_ file: String, _ text: String) throws { try write(file, Array(text.utf8)) }

    func write(_ file: String, _ bytes: [UInt8]) throws {
        let url = URL(fileURLWithPath: "\(path)/\(file)")
        try FileManager.default.createDirectory(at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
        try Data(bytes).write(to: url)
    }

    func remove(_ file: String) throws { try FileManager.default.removeItem(atPath: "\(path)/\(file)") }

    func link(_ file: String, to target: String) throws {
        let url = URL(fileURLWithPath: "\(path)/\(file)")
        try FileManager.default.createDirectory(at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
        try FileManager.default.createSymbolicLink(atPath: url.path, withDestinationPath: target)
    }

    /// A course of one chapter, sequential and vertical, whose vertical holds `content`.
    func writeCourse(_ name: String, vertical content: String, files: [String: String] = [:]) throws {
        try write("\(name)/course.xml", #"<course url_name="R" org="O" course="\#(name)"/>"#)
        try write("\(name)/course/R.xml", #"<course display_name="Title of \#(name)"><chapter url_name="c"/></course>"#)
        try write("\(name)/chapter/c.xml", #"<chapter><sequential url_name="s"/></chapter>"#)
        try write("\(name)/sequential/s.xml", #"<sequential><vertical url_name="v"/></sequential>"#)
        try write("\(name)/vertical/v.xml", "<vertical>\(content)</vertical>")
        for (file, text) in files { try write("\(name)/\(file)", text) }
    }

    func source(_ inner: String = "", limits: ExportLimits = ExportLimits()) -> OLXSource {
        OLXSource(
            path: inner.isEmpty ? path : "\(path)/\(inner)",
            pool: BlockingPool(name: "olx-test", width: 2),
            limits: limits,
            temporaryFolder: temporary
        )
    }

    static func key(_ name: String) -> CourseKey { CourseKey(unchecked: "course-v1:O+\(name)+R") }

    static func video(_ name: String, _ block: String, type: String = "video") -> UsageKey {
        UsageKey(course: key(name), type: type, block: block)
    }
}

extension OLXSource {
    func listings() async throws -> [CourseListing] {
        var listings: [CourseListing] = []
        for try await listing in courses() { listings.append(listing) }
        return listings
    }

    /// Why an export is not read: as the listing says, or else as its course's outline does.
    func failure(of name: String, key: CourseKey) async throws -> Failure? {
        for case .unreadable(name, let failure) in try await listings() { return failure }
        do {
            _ = try await outline(of: key)
            return nil
        } catch let failure as Failure {
            return failure
        }
    }
}

extension CourseOutline {
    subscript(_ block: String) -> VideoBlock? { videos.first { $0.usageKey.block == block } }
}

extension CourseListing {
    /// The name and failure of what cannot be read.
    var unreadable: (name: String, failure: Failure)? {
        if case .unreadable(let name, let failure) = self { (name, failure) } else { nil }
    }
}
