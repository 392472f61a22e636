// SPDX-License-Identifier: Apache-2.0
import Foundation
import PlatformSettings
import Settings
import Testing

@Suite struct PlatformFilesTests {
    private func problem(at path: String?, _ environment: [String: String] = [:]) -> String? {
        do throws(FileProblem) {
            _ = try PlatformFiles(at: path, environment: environment)
            return nil
        } catch {
            return error.description
        }
    }

    @Test func `the environment names files where no path is given, Studio's first`() throws {
        try withPlatform(["a.yml": Samples.short, "b.yml": Samples.short]) { folder in
            let environment = ["LMS_CFG": "\(folder)/a.yml", "CMS_CFG": "\(folder)/b.yml"]
            let both = try PlatformFiles(at: nil, environment: environment)
            #expect(both.services.map(\.files) == [["\(folder)/b.yml"], ["\(folder)/a.yml"]])
            let one = try PlatformFiles(at: nil, environment: ["LMS_CFG": "\(folder)/a.yml", "CMS_CFG": ""])
            #expect(one.services.map(\.files) == [["\(folder)/a.yml"]])
            let given = try PlatformFiles(at: "\(folder)/a.yml", environment: environment)
            #expect(given.services == one.services, "a path goes before the environment")
            #expect(try PlatformSettings(at: nil, environment: environment).problems == [])
        }
    }

    @Test(arguments: ["lms.yml", "studio.yml", "cms.yml", "anything.yaml", "settings"])
    func `a file that is named is read, and nothing beside it`(_ name: String) throws {
        try withPlatform([name: Samples.short, "lms.env.json": "{"]) { folder in
            let files = try PlatformFiles(at: "\(folder)/\(name)", environment: [:])
            #expect(files.services.map(\.files) == [["\(folder)/\(name)"]])
            #expect(files.tutor == nil)
        }
    }

    @Test func `a folder of the LMS alone, or of what Tutor renders, is enough`() throws {
        try withPlatform(["lms.yml": Samples.short]) { folder in
            let settings = try PlatformSettings(at: folder + "/", environment: [:])
            #expect(settings.problems == [])
        }
        try withPlatform(["cms.env.yml": Samples.rendered, "lms.env.yml": Samples.rendered]) { folder in
            let problems = try PlatformSettings(at: folder, environment: [:]).problems
            #expect(
                problems.first?.description
                    == "\(folder)/cms.env.yml: neither CONTENTSTORE nor DOC_STORE_CONFIG is there; write CONTENTSTORE "
                    + "with a DOC_STORE_CONFIG, or for Tutor give its root folder.")
        }
    }

    @Test func `where nothing is, or nothing that could be settings, each has its sentence`() throws {
        try withPlatform(["production.py": "", "sub/lms.yml": ""]) { folder in
            #expect(
                problem(at: nil)
                    == "the platform's settings: no path is given, and neither CMS_CFG nor LMS_CFG is set; "
                    + "give the path of /edx/etc, of lms.yml, or of Tutor's root folder.")
            #expect(
                problem(at: "\(folder)/lms.yml")
                    == "\(folder)/lms.yml: there is no such file or folder; correct the path.")
            #expect(
                problem(at: folder)
                    == "\(folder): there are no settings of a platform in this folder; "
                    + "give the one with studio.yml and lms.yml, with *.env.json, or with Tutor's config.yml.")
            #expect(
                problem(at: "\(folder)/production.py")
                    == "\(folder)/production.py: this is Python, which is not run to find settings; "
                    + "give lms.yml or studio.yml, or Tutor's root folder.")
            try FileManager.default.createSymbolicLink(
                atPath: "\(folder)/loop.yml", withDestinationPath: "\(folder)/loop.yml")
            #expect(
                problem(at: "\(folder)/loop.yml")
                    == "\(folder)/loop.yml: its links lead in a circle; give the file itself.")
            #expect(mkfifo("\(folder)/pipe.yml", 0o600) == 0)
            #expect(
                problem(at: "\(folder)/pipe.yml")
                    == "\(folder)/pipe.yml: this is neither a file nor a folder; give the path of lms.yml.")
        }
    }

    @Test func `what is no file is told where a file was expected`() throws {
        try withPlatform(["lms.yml/x": "", "y": ""]) { folder in
            let problems = try PlatformSettings(at: folder, environment: [:]).problems
            #expect(
                problems.map(\.description) == [
                    "\(folder)/lms.yml: this is no file; give the path of a file."
                ])
            let named = try PlatformSettings(at: nil, environment: ["CMS_CFG": "\(folder)/none.yml"]).problems
            #expect(
                named.map(\.description) == [
                    "\(folder)/none.yml: there is no such file or folder; correct the path."
                ])
            #expect(
                problem(at: "\(folder)/y/lms.yml")?.hasSuffix("there is no such file or folder; correct the path.")
                    == true)
        }
    }

    @Test(.enabled(if: getuid() != 0, "the superuser may read everything"))
    func `a file that this user may not read says so`() throws {
        try withPlatform(["lms.yml": Samples.short]) { folder in
            try FileManager.default.setAttributes([.posixPermissions: 0], ofItemAtPath: "\(folder)/lms.yml")
            let problems = try PlatformSettings(at: folder, environment: [:]).problems
            #expect(
                problems.map(\.description) == [
                    "\(folder)/lms.yml: this user may not read it; let this user read it, or run Mallow as one who may."
                ])
        }
    }
}
