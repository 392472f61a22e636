// SPDX-License-Identifier: Apache-2.0
import Foundation
import Migration
import MigrationModel
import Synchronization
import TestDoubles
import Testing

@Suite struct AdmissionTests {
    @Test func `no more are in flight than the limit`() async {
        let admission = Admission(limit: 3)
        let most = await withTaskGroup(of: Int.self) { group in
            for _ in 0..<200 {
                group.addTask {
                    guard await admission.enter() else { return .max }
                    defer { admission.leave() }
                    await Task.yield()
                    return admission.inFlight
                }
            }
            return await group.reduce(0, max)
        }
        #expect(most <= 3)
        #expect(admission.inFlight == 0)
    }

    @Test func `a raised limit lets those who wait in`() async {
        let admission = Admission(limit: 1)
        #expect(await admission.enter())
        async let second = admission.enter()
        admission.setLimit(2)
        #expect(await second)
        #expect(admission.inFlight == 2)
    }

    @Test func `a closed gate opens when every reason is lifted`() async {
        let admission = Admission(limit: 8)
        admission.close(for: .paused)
        admission.close(for: .storeOutage)
        async let entered = admission.enter()
        admission.open(after: .paused)
        #expect(admission.inFlight == 0)
        admission.open(after: .storeOutage)
        #expect(await entered)
    }

    @Test func `a shut gate turns everybody away, even those who wait`() async {
        let admission = Admission(limit: 1)
        #expect(await admission.enter())
        async let waiting = admission.enter()
        admission.shut()
        #expect(await !waiting)
        #expect(await !admission.enter())
        admission.leave()
        #expect(admission.inFlight == 0)
    }
}

@Suite struct CommandListenerTests {
    /// A queue in memory.
    private final class Queue: CommandQueue {
        let waiting: Mutex<[QueuedCommand]>
        let answers = Mutex<[Int64: String?]>([:])

        init(_ commands: [OperatorCommand]) {
            waiting = Mutex(
                commands.enumerated().map { QueuedCommand(id: Int64($0), command: $1, actor: "mira", basedOn: 0) }
            )
        }

        func pendingCommands() async throws -> [QueuedCommand] {
            let answered = answers.withLock { Set($0.keys) }
            return waiting.withLock { $0.filter { !answered.contains($0.id) } }
        }

        func answer(_ command: QueuedCommand, refusal: String?) async throws {
            answers.withLock { $0[command.id] = .some(refusal) }
        }
    }

    private static func listen(
        _ commands: [OperatorCommand], outage: String? = nil
    ) async throws -> (RunControl, MemoryLog, [String?]) {
        let control = RunControl(concurrency: 4, errorBudget: 10)
        let log = MemoryLog(now: { Date() })
        if let outage { control.pause(for: .storeOutage, reason: outage) { log.note([$0]) } }
        let queue = Queue(commands)
        let surroundings = Surroundings(
            sleep: { _ in }, uptime: { 0 }, now: { Date() }, newID: { UUID() }, jitter: { 0 }
        )
        let listener = CommandListener(queue: queue, log: log, control: control, surroundings: surroundings)
        try await listener.answerPending()
        let answers = queue.answers.withLock { $0 }
        return (control, log, answers.sorted { $0.key < $1.key }.map(\.value))
    }

    @Test func `more or fewer videos are let in as asked, within bounds`() async throws {
        let (control, _, answers) = try await Self.listen([.concurrency(9), .concurrency(0), .concurrency(100_000)])
        #expect(control.admission.limit == 9)
        #expect(answers[0] == nil)
        #expect(answers[1] != nil && answers[2] != nil)
    }

    @Test func `a paused run admits nobody until it is resumed`() async throws {
        let (control, log, _) = try await Self.listen([.pause])
        async let entered = control.admission.enter()
        #expect(control.admission.inFlight == 0)
        #expect(log.contents.checkpoints.contains { if case .runState(.paused, _) = $0 { true } else { false } })
        control.admission.open(after: .paused)
        #expect(await entered)
    }

    @Test func `nobody resumes what a store that is out keeps waiting`() async throws {
        let reason = "waits for the object store and resumes by itself"
        let (control, log, answers) = try await Self.listen([.resume, .pause, .resume], outage: reason)
        #expect(answers[0] == "nobody paused the run: it \(reason)")
        #expect(answers[1] == nil && answers[2] == nil)
        #expect(control.admission.isClosed)
        #expect(log.contents.checkpoints.last == .runState(.paused, reason: reason))
    }

    @Test func `what comes after a drain is refused`() async throws {
        let (control, _, answers) = try await Self.listen([.drain, .pause])
        #expect(control.ending?.0 == .interrupted)
        #expect(answers[0] == nil)
        #expect(answers[1] != nil)
    }
}
