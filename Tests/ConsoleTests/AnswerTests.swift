// SPDX-License-Identifier: Apache-2.0
import Canvas
import Console
import Foundation
import Ledger
import MigrationModel
import TestDoubles
import Testing
import Themes

/// What is answered with too little, or with something else, is refused where it can be read.
@Suite struct AnswerTests {
    @Test(arguments: [Size(80, 24), Size(120, 40)])
    func `a reason that is too short is refused in words, and stays`(_ size: Size) async throws {
        try await afterRun(on: size) { model, night in
            try await model.press("2", "w", on: night)
            try await model.type("go", on: night)
            let effects = try await model.press(.enter, on: night)
            #expect(effects == [.bell])
            let screen = Screen.render(model).text
            #expect(screen.contains("\"go\" is too short: three letters tell somebody why; Esc cancels"))
            #expect(screen.contains("signed mira: go_"))
            try await model.type("ne", on: night)
            #expect(!Screen.render(model).text.contains("too short: three letters tell somebody why; Esc"))
            guard case .waive(let waivers)? = try await model.press(.enter, on: night).first else {
                Issue.record("nothing was waived")
                return
            }
            #expect(waivers.map(\.reason) == ["gone"])
        }
    }

    @Test(arguments: [Size(80, 24), Size(120, 40), Size(200, 60)])
    func `what was typed wrongly is told in the question itself`(_ size: Size) async throws {
        try await afterRun(on: size) { model, night in
            try await model.press("*", "r", .pageDown, .pageDown, on: night)
            let nothing = try await model.press(.tab, .enter, on: night)
            #expect(nothing.isEmpty)
            #expect(Screen.render(model).text.contains("type 8 objects first"))
            try await model.type("5 objects", on: night)
            let effects = try await model.press(.enter, on: night)
            #expect(effects.isEmpty)
            let screen = Screen.render(model).text
            #expect(screen.contains("Go   that is not 8 objects: 5 objects"), "\(screen)")
            #expect(screen.contains("type 8 objects to confirm: _"))
            try await model.type("8", on: night)
            #expect(!Screen.render(model).text.contains("Go   that is not"))
        }
    }
}
