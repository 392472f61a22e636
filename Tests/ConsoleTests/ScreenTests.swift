// SPDX-License-Identifier: Apache-2.0
import Canvas
import Console
import Foundation
import Ledger
import MigrationModel
import TestDoubles
import Testing
import Themes

@Suite struct ScreenTests {
    static let sizes = [(200, 60), (100, 30), (80, 24), (60, 12), (40, 8), (20, 3), (1, 1)]

    @Test(arguments: sizes)
    func `the overview at every size`(_ width: Int, _ height: Int) async throws {
        try await withTemporaryFolder { folder in
            let night = try await Night(in: folder)
            var model = Model.test(width, height)
            try await model.load(from: night)
            try expectSnapshot(Screen.render(model), "overview-\(width)x\(height)")
            try await night.log.close()
        }
    }

    @Test(arguments: sizes)
    func `every dialog at every size`(_ width: Int, _ height: Int) async throws {
        try await withTemporaryFolder { folder in
            let night = try await Night(in: folder)
            let dialogs: [(String, [Key])] = [
                ("help", ["?"]), ("palette", [":", "p", "a"]), ("filter", ["/", "b", "i", "o"]), ("themes", ["T"]),
                ("triage", ["t"]), ("waive", ["2", "w", "o", "l", "d"]), ("video", ["2", .enter]), ("stop", ["!"]),
                ("waive-transcript", ["2", .enter, .down, "w", "o", "l", "d"]), ("compare", ["2", .enter, .enter]),
                ("compare-differences", ["2", .enter, .enter, " "]), ("compare-one", ["2", .enter, .down, .enter]),
                ("zoom", ["2", "z"]), ("sorted", ["s", "s"]), ("log-filter", ["4", "/", "h", "i", "s", "t", .enter]),
                ("run-refused", ["r"]), ("notices", ["p", "n"]), ("videos", ["2", .down]), ("validation", ["3"]),
                ("log", ["4"]),
            ]
            for (name, keys) in dialogs {
                var model = Model.test(width, height)
                try await model.load(from: night)
                for key in keys { try await model.press(key, on: night) }
                try expectSnapshot(Screen.render(model), "\(name)-\(width)x\(height)")
            }
            try await night.log.close()
        }
    }

    @Test(arguments: sizes)
    func `the question before a run at every size`(_ width: Int, _ height: Int) async throws {
        try await withTemporaryFolder { folder in
            let night = try await Night(in: folder)
            try await night.log.record([.runEnded(.completed, reason: "")])
            try await night.log.close()
            var model = Model.test(width, height)
            try await model.load(from: night)
            try await model.press("r", on: night)
            try expectSnapshot(Screen.render(model), "run-\(width)x\(height)")
            if case .confirmation(let confirmation)? = model.layer, height >= 24 {
                #expect(confirmation.isWhole(on: model.size), "on the most common terminal it can be answered")
            }
        }
    }

    @Test(arguments: Capabilities.Colours.allCases)
    func `colours, and their absence`(_ colours: Capabilities.Colours) async throws {
        try await withTemporaryFolder { folder in
            let night = try await Night(in: folder)
            var model = Model.test(100, 30, colours: colours)
            try await model.load(from: night)
            let grid = Screen.render(model)
            try expectSnapshot(grid, "colours-\(colours)", withStyles: true)
            if colours == .mono {
                #expect(
                    (0..<30).allSatisfy {
                        grid.row($0).allSatisfy { $0.style.foreground == nil && $0.style.background == nil }
                    })
            }
            try await night.log.close()
        }
    }

    @Test(arguments: [Capabilities.Characters.ascii, .narrow])
    func `terminals that cannot show everything`(_ characters: Capabilities.Characters) async throws {
        try await withTemporaryFolder { folder in
            let night = try await Night(in: folder)
            var model = Model.test(100, 30, characters: characters)
            try await model.load(from: night)
            let grid = Screen.render(model)
            try expectSnapshot(grid, "characters-\(characters)")
            if characters == .ascii { #expect(grid.text.utf8.allSatisfy { $0 < 0x7F }) }
            try await night.log.close()
        }
    }

    @Test func `a state is a sign, a word and a colour`() async throws {
        try await withTemporaryFolder { folder in
            let night = try await Night(in: folder)
            var model = Model.test(120, 40)
            try await model.load(from: night)
            let grid = Screen.render(model)
            for (sign, word) in [
                ("✗", "failed"), ("∎", "held"), ("↺", "retrying"), ("»", "running"), ("✓", "migrated"),
            ] {
                #expect(grid.text.contains("\(sign) \(word)"))
            }
            try await night.log.close()
        }
    }

    @Test func `nothing that a course is called reaches the terminal as an escape or moves a column`() async throws {
        try await withTemporaryFolder { folder in
            let night = try await Night(in: folder)
            var model = Model.test(200, 60)
            try await model.load(from: night)
            let text = Screen.render(model).text
            #expect(text.unicodeScalars.allSatisfy { $0 == "\n" || $0.properties.generalCategory != .control })
            #expect(!text.contains("\u{202E}"))
            #expect(text.contains("Lab Safety evil[31m"))
            try await night.log.close()
        }
    }

    @Test func `what the contentstore is asked for is said while it is`() async throws {
        try await withTemporaryFolder { folder in
            let night = try await Night(in: folder)
            try await night.log.record([.reads(total: 900, perSecond: 41.4)])
            var model = Model.test(200, 60)
            try await model.load(from: night)
            #expect(Screen.render(model).text.contains("32 at once  contentstore 41/s"))
            model.update(.tick(Night.now.addingTimeInterval(6)))
            #expect(!Screen.render(model).text.contains("contentstore 41/s"))
            try await night.log.close()
        }
    }

    @Test func `a brake is said with its reason where there is room, else without`() async throws {
        try await withTemporaryFolder { folder in
            let night = try await Night(in: folder)
            try await night.log.record([.braked(to: 8, reason: "the store asked for less")])
            let words = "8 of 32 at once: the store asked for less"
            var (wide, narrow) = (Model.test(200, 60), Model.test(100, 30))
            try await wide.load(from: night)
            try await narrow.load(from: night)
            let grid = Screen.render(wide)
            #expect(grid.text.contains(words))
            #expect(Screen.render(narrow).text.contains("8 of 32 at once"))
            #expect(!Screen.render(narrow).text.contains("asked for less"))
            // In the colour of what needs somebody, which stands in the row above.
            func colour(of text: String, in row: Int) throws -> RGB? {
                let cells = grid.row(row)
                let line = cells.map(\.text).joined()
                let place = try #require(line.firstRange(of: text)).lowerBound
                return cells[cells.startIndex + line.distance(from: line.startIndex, to: place)].style.foreground
            }
            #expect(try colour(of: words, in: 1) == colour(of: "NEEDS YOU", in: 0))
            try await night.log.close()
        }
    }

    @Test func `a run that waits for its store says that nobody must act`() async throws {
        try await withTemporaryFolder { folder in
            let night = try await Night(in: folder)
            let reason =
                "waits for the object store and resumes by itself: nothing has gone through since 02:40:00 UTC (refused)"
            try await night.log.record([.runState(.paused, reason: reason)])
            for (width, height) in [(200, 60), (100, 30), (80, 24)] {
                var model = Model.test(width, height)
                try await model.load(from: night)
                let text = Screen.render(model).text
                #expect(text.contains("paused: waits for the object store"), "\(width)x\(height)")
                if width >= 100 { #expect(text.contains("resumes by itself"), "\(width)x\(height)") }
                #expect(model.needs == 2, "the failed and the held courses, and not the store")
            }
            try await night.log.close()
        }
    }

    @Test func `an engine that died is said in words, with the key that brings it back`() async throws {
        try await withTemporaryFolder { folder in
            var model = Model.test(100, 30)
            do {
                let night = try await Night(in: folder)
                try await model.load(from: night)
                try await night.log.close()
                model.update(.view(try await night.watch.view(model.request, keeping: [])))
            }
            let text = Screen.render(model).text
            #expect(text.contains("ENGINE GONE"))
            #expect(model.needs == 3)
        }
    }

    @Test func `an engine that is not heard is silent in the first row too`() async throws {
        try await onNight(hasEngine: true) { model, _ in
            #expect(!Screen.render(model).text.contains("SILENT"))
            model.update(.tick(Night.now.addingTimeInterval(5)))
            let first = Screen.render(model).text.prefix { $0 != "\n" }
            #expect(first.contains("engine SILENT for 5 s, run 1 was running"))
        }
    }

    @Test func `a run that a place did not let in says why in the first row, and its end is bad news`() async throws {
        try await withTemporaryFolder { folder in
            let night = try await Night(in: folder)
            var model = Model.test(200, 60)
            try await model.load(from: night)
            try await night.log.record([.runEnded(.refused, reason: "objects: permission denied")])
            try await night.log.close()
            model.update(.view(try await night.watch.view(model.request, keeping: [])))
            #expect(
                Screen.render(model).text.contains(
                    "run 1 access refused: r goes on with 4 courses: objects: permission denied"))
            #expect(model.notices.last?.kind == .refused)
        }
    }
}
