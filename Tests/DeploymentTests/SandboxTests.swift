// SPDX-License-Identifier: Apache-2.0
import Deployment
import Foundation
import TestDoubles
import Testing

@Suite struct SandboxTests {
    @Test func `a sandbox is a private copy of courses and platform, and is found again`() async throws {
        try await withTemporaryFolder { folder in
            let sample = try sample(in: folder)
            let sandbox = try make(folder, "sandbox", sample)
            #expect(try text("\(sandbox.folder)/courses/a/course.xml") == "a/course.xml")
            #expect(try text("\(sandbox.folder)/objects/o.srt") == "objects/o.srt")
            #expect(try text("\(sandbox.folder)/edxval.sqlite") == "edxval.sqlite")
            let mode = try FileManager.default.attributesOfItem(atPath: sandbox.folder)[.posixPermissions] as? Int
            #expect(mode == 0o700)
            #expect(try Sandbox(in: sandbox.folder) == sandbox)
            #expect(try Staging(file: sandbox.stagingFile) == Staging.demo(speed: 1, seed: 1))
        }
    }

    @Test func `courses with trouble come first`() async throws {
        try await withTemporaryFolder { folder in
            let sandbox = try make(folder, "sandbox", try sample(in: folder, courses: ["a", "harbouru-econ201"]))
            let names = try FileManager.default.contentsOfDirectory(atPath: "\(sandbox.folder)/courses").sorted()
            #expect(names == ["1-harbouru-econ201", "a"])
        }
    }

    @Test func `a folder that is missing or empty has no sandbox and may get one`() async throws {
        try await withTemporaryFolder { folder in
            #expect(try Sandbox(in: "\(folder)/missing") == nil)
            try FileManager.default.createDirectory(atPath: "\(folder)/empty", withIntermediateDirectories: true)
            #expect(try Sandbox(in: "\(folder)/empty") == nil)
            let sandbox = try make(folder, "empty", try sample(in: folder))
            #expect(try Sandbox(in: "\(folder)/empty") == sandbox)
        }
    }

    @Test(arguments: ["demo.json", "letters"])
    func `a folder with anything else in it is refused`(_ name: String) async throws {
        try await withTemporaryFolder { folder in
            try Data("{}".utf8).write(to: URL(fileURLWithPath: "\(folder)/\(name)"))
            let refusal = #expect(throws: InvalidSandbox.self) { try Sandbox(in: folder) }
            #expect(refusal?.description.contains(folder) == true)
            #expect(refusal?.description.contains("no sandbox of mallow demo") == true)
        }
    }

    @Test func `a file is no folder`() async throws {
        try await withTemporaryFolder { folder in
            try Data().write(to: URL(fileURLWithPath: "\(folder)/file"))
            let refusal = #expect(throws: InvalidSandbox.self) { try Sandbox(in: "\(folder)/file") }
            #expect(refusal?.description.contains("name a folder") == true)
        }
    }

    @Test func `what was only half made is no sandbox`() async throws {
        try await withTemporaryFolder { folder in
            let sample = try sample(in: folder)
            try FileManager.default.removeItem(atPath: "\(folder)/sample-data/platform/edxval.sqlite")
            #expect(throws: InvalidSandbox.self) { try make(folder, "half", sample) }
            #expect(throws: InvalidSandbox.self) { try Sandbox(in: "\(folder)/half") }
        }
    }

    @Test func `the sample data is found in a folder above`() async throws {
        try await withTemporaryFolder { folder in
            let sample = try sample(in: folder)
            #expect(try SampleData(near: ["/nowhere", "\(folder)/.build/release/mallow"]) == sample)
        }
    }

    @Test func `where there is no sample data, the option is named`() async throws {
        try await withTemporaryFolder { folder in
            let refusal = #expect(throws: InvalidSandbox.self) { try SampleData(near: [folder]) }
            #expect(refusal?.description.contains("--sample-data") == true)
            let other = #expect(throws: InvalidSandbox.self) { try SampleData(folder: folder) }
            #expect(other?.description.contains("has no courses") == true)
        }
    }

    // MARK: -

    private func make(_ folder: String, _ name: String, _ sample: SampleData) throws -> Sandbox {
        try Sandbox(
            making: "\(folder)/\(name)", from: sample, staging: .demo(speed: 1, seed: 1),
            in: URL(fileURLWithPath: folder)
        )
    }

    /// Sample data whose files hold their own names.
    private func sample(in folder: String, courses: [String] = ["a"]) throws -> SampleData {
        let files = FileManager.default
        let platform = "\(folder)/sample-data/platform"
        try files.createDirectory(atPath: "\(platform)/objects", withIntermediateDirectories: true)
        for course in courses {
            let export = "\(folder)/sample-data/courses/\(course)"
            try files.createDirectory(atPath: export, withIntermediateDirectories: true)
            try Data("\(course)/course.xml".utf8).write(to: URL(fileURLWithPath: "\(export)/course.xml"))
        }
        for name in ["objects/o.srt", "edxval.sqlite"] {
            try Data(name.utf8).write(to: URL(fileURLWithPath: "\(platform)/\(name)"))
        }
        return try SampleData(folder: "\(folder)/sample-data")
    }

    private func text(_ path: String) throws -> String {
        String(decoding: try Data(contentsOf: URL(fileURLWithPath: path)), as: UTF8.self)
    }
}
