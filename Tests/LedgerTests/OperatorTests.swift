// SPDX-License-Identifier: Apache-2.0
import Foundation
import Ledger
import MigrationModel
import TestDoubles
import Testing

/// What operators ask of an engine and decide about courses.
@Suite struct OperatorTests {
    /// The lock is free for a moment only between two commits.
    @Test(.timeLimit(.minutes(1)))
    func `another program's commands get through while an engine writes without a pause`() async throws {
        try await withTemporaryFolder { folder in
            let path = "\(folder)/ledger"
            let (_, log) = try await begin(path)
            let console = try Ledger(path: path, now: { Date() })
            try await withThrowingTaskGroup { group in
                for _ in 0..<32 {
                    group.addTask {
                        while !Task.isCancelled {
                            try await log.record([.notice(course: nil, block: nil, text: "at work")])
                        }
                    }
                }
                for videos in 1...20 {
                    try await console.submit(.concurrency(videos), by: "somebody", basedOn: 0)
                }
                group.cancelAll()
                try await group.waitForAll()
            }
            #expect(try await log.pendingCommands().count == 20)
            try await log.close()
        }
    }

    @Test func `commands reach the engine in order and are answered`() async throws {
        try await withTemporaryFolder { folder in
            let (ledger, log) = try await begin("\(folder)/ledger")
            try await ledger.submit(.pause, by: "mira", basedOn: 4)
            try await ledger.submit(.concurrency(9), by: "otto", basedOn: 5)
            let pending = try await log.pendingCommands()
            #expect(pending.map(\.command) == [.pause, .concurrency(9)])
            #expect(pending.map(\.actor) == ["mira", "otto"])
            try await log.answer(pending[0], refusal: nil)
            try await log.answer(pending[1], refusal: "too few")
            #expect(try await log.pendingCommands().isEmpty)
            let kinds = try await ledger.events(after: 0).map(\.kind)
            #expect(kinds.suffix(2) == ["command applied", "command refused"])
            try await log.close()
            await #expect(throws: Failure.self) { try await ledger.submit(.resume, by: "mira", basedOn: 6) }
        }
    }

    @Test func `a waiver is kept with its name and reason until it is withdrawn`() async throws {
        try await withTemporaryFolder { folder in
            let (ledger, log) = try await begin("\(folder)/ledger")
            let block = UsageKey(course: SampleTransaction.course, type: "video", block: "v1")
            let waiver = Waiver(
                course: SampleTransaction.course, block: block, language: "fr", actor: "mira", reason: "lost in 2013"
            )
            #expect(try await ledger.waive([waiver]).isEmpty)
            #expect(try await log.waivers(of: SampleTransaction.course) == [waiver])
            let other = Waiver(
                course: waiver.course, block: block, language: "fr", actor: "noor", reason: "nobody reads it")
            let replaced = try await ledger.waive([other])
            #expect(replaced.map(\.actor) == ["mira"] && replaced.map(\.reason) == ["lost in 2013"])
            let told = try #require(try await ledger.events(after: 0).last { $0.kind == "waived" }?.detail)
            #expect(told.hasPrefix("nobody reads it, in place of mira's of "))
            #expect(told.hasSuffix(": lost in 2013"))
            let whole = Waiver(course: waiver.course, block: block, language: nil, actor: "mira", reason: "")
            #expect(try await ledger.withdraw([whole], by: "mira") == 0)
            #expect(try await ledger.withdraw([waiver], by: "mira") == 1)
            #expect(try await log.waivers(of: SampleTransaction.course).isEmpty)
            try await log.close()
        }
    }

    @Test func `an id that is written back is new no more, until that is undone`() async throws {
        try await withTemporaryFolder { folder in
            let (ledger, log) = try await begin("\(folder)/ledger")
            let sample = SampleTransaction()
            let course = SampleTransaction.course
            let outline = VideoOutline(
                block: sample.header.block, video: sample.header.video, isNewID: true, displayName: "A video")
            try await log.record([
                sample.found, .outlined(course, videos: [outline], pending: [outline.block], unreachable: 0),
                .intents(sample.header, sample.intents),
                .committed(sample.header, intents: sample.intents.map(\.id)),
            ])
            let run = sample.header.run
            #expect(try await ledger.newVideoIDs(by: run)[course]?.map(\.block) == [outline.block.text])
            let plan = WriteBack(
                id: UUID.random(), course: course, ids: [outline.block: outline.video],
                moves: [WriteBack.Move(branch: "draft-branch", before: "a", after: "b")])
            try await log.record([.writeBackIntent(plan), .wroteBack(plan)])
            #expect(try await ledger.newVideoIDs(by: run).isEmpty)
            let last = try #require(try await ledger.lastWriteBack(of: course))
            #expect(last.plan == plan && last.state == .done)
            try await log.record([.writeBackUndone(plan)])
            #expect(try await ledger.lastWriteBack(of: course) == nil)
            #expect(try await ledger.newVideoIDs(by: run)[course]?.count == 1)
            let told = try await ledger.events(after: 0).filter { $0.kind.hasPrefix("wr") }.map {
                "\($0.kind): \($0.detail ?? "")"
            }
            #expect(told.suffix(1) == ["write-back undone: 1 video; draft-branch a to b"])
            try await log.close()
        }
    }

    @Test func `a held course is held until it is released`() async throws {
        try await withTemporaryFolder { folder in
            let (ledger, log) = try await begin("\(folder)/ledger")
            try await log.record([SampleTransaction().found])
            try await ledger.hold([SampleTransaction.course], true, by: "mira")
            #expect(try await log.isHeld(SampleTransaction.course))
            try await ledger.hold([SampleTransaction.course], false, by: "mira")
            #expect(try await log.isHeld(SampleTransaction.course) == false)
            try await log.close()
        }
    }

    @Test(arguments: [
        (CheckResult.pass, "released by mira; the next run cuts it over"), (.pending, "waits for something else"),
    ])
    func `a released course says what comes next, unless it waits for something else`(
        _ verdict: CheckResult, _ reason: String
    ) async throws {
        try await withTemporaryFolder { folder in
            let (ledger, log) = try await begin("\(folder)/ledger")
            let course = SampleTransaction.course
            try await log.record([
                SampleTransaction().found, .checked(course, verdict, contentstore: 1, store: 1),
                .courseState(course, .held, reason: "waits for something else", retries: 0),
            ])
            try await ledger.hold([course], true, by: "mira")
            #expect(try await ledger.snapshot().courses.map(\.reason) == ["waits for something else"])
            try await ledger.hold([course], false, by: "mira")
            #expect(try await ledger.snapshot().courses.map(\.reason) == [reason])
            try await log.close()
        }
    }
}
