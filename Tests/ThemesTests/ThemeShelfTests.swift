// SPDX-License-Identifier: Apache-2.0
import Canvas
import Foundation
import Settings
import Testing
import Themes

@Suite struct ThemeShelfTests {
    private static let folder = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().appending(path: "themes").path

    @Test func `every file of the themes folder is built in`() throws {
        let names = try FileManager.default.contentsOfDirectory(atPath: Self.folder)
        let themes = names.filter { $0.hasSuffix(".theme.toml") }.map { String($0.dropLast(11)) }
        let shelf = ThemeShelf(userFolder: nil)
        #expect(shelf.problems == [])
        #expect(shelf.themes.map(\.name) == themes.sorted())
        #expect(shelf.themes.count >= 8)
    }

    @Test(arguments: ThemeShelf(userFolder: nil).themes)
    func `what is built in is what the file says`(_ theme: Theme) throws {
        #expect(try ThemeShelf.theme(at: "\(Self.folder)/\(theme.name).theme.toml", userFolder: nil) == theme)
        #expect(!theme.about.isEmpty)
    }

    @Test func `every role is explained beside the themes`() throws {
        let format = try String(contentsOfFile: "\(Self.folder)/FORMAT.md", encoding: .utf8)
        for role in Role.allCases { #expect(format.contains("| `\(role.rawValue)` |"), "\(role)") }
    }

    @Test func `there is a default for dark and for light terminals`() {
        let shelf = ThemeShelf(userFolder: nil)
        for appearance in Theme.Appearance.allCases {
            #expect(shelf.preferred(for: appearance).appearance == appearance)
            #expect(shelf.preferred(for: appearance) != .plain)
        }
        #expect(shelf["no such theme"] == nil)
    }

    @Test func `the operator's file takes the place of a built-in theme`() throws {
        try withThemes(["harbour": file("harbour", "text = \"#abcdef\""), "aaa": file("aaa", "")]) { folder in
            let shelf = ThemeShelf(userFolder: folder)
            let harbour = try #require(shelf["harbour"])
            #expect(harbour.style(.text, .direct).foreground == RGB(0xABCDEF))
            #expect(shelf.path(of: harbour) == "\(folder)/harbour.theme.toml")
            #expect(shelf.themes.map(\.name) == shelf.themes.map(\.name).sorted())
            #expect(shelf.themes.first?.name == "aaa")
            #expect(shelf.themes.count == ThemeShelf(userFolder: nil).themes.count + 1)
            let ember = try #require(shelf["ember"])
            #expect(shelf.path(of: ember) == nil)
        }
    }

    @Test func `a broken file is reported, and all others are there`() throws {
        try withThemes(["harbour": "name = ", "good": file("good", "")]) { folder in
            let shelf = ThemeShelf(userFolder: folder)
            #expect(shelf.problems.map(\.file) == ["\(folder)/harbour.theme.toml"])
            #expect(shelf["good"] != nil)
            #expect(shelf["harbour"] == ThemeShelf(userFolder: nil)["harbour"], "its built-in namesake remains")
        }
    }

    @Test func `a mistake that is inherited is told once, where it is`() throws {
        let files = [
            "old": file("old", "text = \"nowhere\""), "one": "name = \"one\"\ninherits = \"old\"",
            "two": "name = \"two\"\ninherits = \"old\"",
        ]
        try withThemes(files) { folder in
            #expect(ThemeShelf(userFolder: folder).problems.map(\.file) == ["\(folder)/old.theme.toml"])
        }
    }

    @Test func `what is no theme file is left alone or named`() throws {
        try withThemes([:]) { folder in
            try Data("hello".utf8).write(to: URL(filePath: "\(folder)/notes.txt"))
            try Data(file("short", "").utf8).write(to: URL(filePath: "\(folder)/short.toml"))
            try Data([0x6E, 0xFF, 0xFE]).write(to: URL(filePath: "\(folder)/bytes.theme.toml"))
            try Data("name = \"Big One\"".utf8).write(to: URL(filePath: "\(folder)/Big One.theme.toml"))
            try FileManager.default.createDirectory(
                atPath: "\(folder)/folder.theme.toml", withIntermediateDirectories: false)
            #expect(mkfifo("\(folder)/pipe.theme.toml", 0o600) == 0)
            let problems = ThemeShelf(userFolder: folder).problems
            let said = Dictionary(
                problems.map { (URL(filePath: $0.file).lastPathComponent, $0.problem) }, uniquingKeysWith: { $1 })
            #expect(said["short.toml"]?.contains("does not end in .theme.toml") == true)
            #expect(said["bytes.theme.toml"]?.contains("not UTF-8") == true)
            #expect(said["Big One.theme.toml"]?.contains("cannot be called") == true)
            #expect(said["folder.theme.toml"]?.contains("no file") == true)
            #expect(said["pipe.theme.toml"]?.contains("no file") == true)
            #expect(said["notes.txt"] == nil)
        }
    }

    @Test func `no folder is no problem, a file that is not there is one`() throws {
        try withThemes([:]) { folder in
            #expect(ThemeShelf(userFolder: "\(folder)/none").problems == [])
            let error = #expect(throws: BrokenTheme.self) {
                try ThemeShelf.theme(at: "\(folder)/none.theme.toml", userFolder: nil)
            }
            #expect(error?.problems.first?.problem == "the file cannot be read: No such file or directory")
        }
    }

    @Test func `themes are looked for where the operator's settings are`() {
        #expect(ThemeShelf.userFolder(environment: ["HOME": "/home/op"]) == "/home/op/.config/mallow/themes")
        let both = ["HOME": "/home/op", "XDG_CONFIG_HOME": "/etc/op"]
        #expect(ThemeShelf.userFolder(environment: both) == "/etc/op/mallow/themes")
        let relative = ["HOME": "/home/op", "XDG_CONFIG_HOME": "conf"]
        #expect(ThemeShelf.userFolder(environment: relative) == "/home/op/.config/mallow/themes")
    }
}
