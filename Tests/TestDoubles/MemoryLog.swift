// SPDX-License-Identifier: Apache-2.0
package import Foundation
package import MigrationModel
import Synchronization

/// A complete checkpoint log in memory, without faults. What is recorded survives every crash.
package final class MemoryLog: CheckpointLog {
    /// What became of an intent.
    package enum IntentState: Sendable, Hashable {
        case open, stored, watched, committed, removed

        var isOpen: Bool { self == .open || self == .stored || self == .watched }
    }

    /// An intent and its fate.
    package struct KeptIntent: Sendable, Hashable {
        package let header: TransactionHeader
        package let intent: Intent
        package var written: Date
        package var state: IntentState
    }

    /// Everything that was ever recorded, and the state that follows from it.
    package struct Contents: Sendable {
        package var checkpoints: [Checkpoint] = []
        package var intents: [KeptIntent] = []
        /// Where each intent stands in `intents`.
        package var places: [UUID: Int] = [:]
        package var byObject: [ObjectKey: UUID] = [:]
        package var courses: [CourseKey: CourseState] = [:]
        package var videos: [CourseKey: [UsageKey: VideoReport]] = [:]
        package var flagIntents: Set<CourseKey> = []
        package var waivers: [Waiver] = []
        package var held: Set<CourseKey> = []
        package var endings: [RunEnding] = []
        /// The last of each course, until its end.
        package var writeBacks: [CourseKey: WriteBack] = [:]

        package init() {}
    }

    private let state = Mutex(Contents())
    private let now: @Sendable () -> Date

    package init(now: @escaping @Sendable () -> Date) { self.now = now }

    package var contents: Contents { state.withLock { $0 } }

    /// The state of the intent that names this object; nil when none does.
    package func intentState(of object: ObjectKey) -> IntentState? {
        state.withLock { contents in
            contents.byObject[object].flatMap { contents.places[$0] }.map { contents.intents[$0].state }
        }
    }

    /// Whether open intents name all of these objects.
    package func isAnnounced(_ objects: [ObjectKey]) -> Bool {
        objects.allSatisfy { intentState(of: $0)?.isOpen ?? false }
    }

    package func hasFlagIntent(_ course: CourseKey) -> Bool { state.withLock { $0.flagIntents.contains(course) } }

    /// Whether a write-back of a course was ever proven.
    func hasWrittenBack(_ course: CourseKey) -> Bool {
        state.withLock { contents in
            contents.checkpoints.contains { if case .wroteBack(let plan) = $0 { plan.course == course } else { false } }
        }
    }

    package func hold(_ course: CourseKey) { state.withLock { _ = $0.held.insert(course) } }

    package func waive(_ waiver: Waiver) { state.withLock { $0.waivers.append(waiver) } }

    package func record(_ checkpoints: [Checkpoint]) async throws { note(checkpoints) }

    package func note(_ checkpoints: [Checkpoint]) {
        let date = now()
        state.withLock { contents in
            for checkpoint in checkpoints { contents.apply(checkpoint, at: date) }
        }
    }

    package func openTransactions() async throws -> [OpenTransaction] {
        state.withLock { contents in
            var order: [TransactionHeader] = []
            var open: [TransactionHeader: [OpenIntent]] = [:]
            for kept in contents.intents where kept.state.isOpen {
                if open[kept.header] == nil { order.append(kept.header) }
                let intent = OpenIntent(intent: kept.intent, written: kept.written, isWatched: kept.state == .watched)
                open[kept.header, default: []].append(intent)
            }
            return order.map { OpenTransaction(header: $0, intents: open[$0] ?? []) }
        }
    }

    package func committed(among keys: Set<ObjectKey>, for course: CourseKey) async throws -> [ObjectKey: Checksum] {
        state.withLock { contents in
            keys.reduce(into: [:]) { found, key in
                guard let place = contents.byObject[key].flatMap({ contents.places[$0] }) else { return }
                let kept = contents.intents[place]
                guard kept.state == .committed, kept.header.course == course else { return }
                found[key] = kept.intent.checksum
            }
        }
    }

    package func waivers(of course: CourseKey) async throws -> [Waiver] {
        state.withLock { $0.waivers.filter { $0.course == course } }
    }

    package func isHeld(_ course: CourseKey) async throws -> Bool { state.withLock { $0.held.contains(course) } }
}

extension MemoryLog {
    package func openWriteBack(of course: CourseKey) async throws -> WriteBack? {
        state.withLock { $0.writeBacks[course] }
    }
}

extension MemoryLog.Contents {
    fileprivate mutating func apply(_ checkpoint: Checkpoint, at date: Date) {
        checkpoints.append(checkpoint)
        switch checkpoint {
        case .runEnded(let ending, _): endings.append(ending)
        case .courseFound(let summary, let state): courses[summary.key] = state
        case .courseListed(let summary, let videos, _):
            if courses[summary.key] == nil { courses[summary.key] = videos.isEmpty ? .empty : .pending }
        case .courseState(let key, let state, _, _, _): courses[key] = state
        case .outlined(let key, let listed, _, _):
            let blocks = Set(listed.map(\.block))
            videos[key] = videos[key]?.filter { blocks.contains($0.key) }
        case .videoState(let report): videos[report.course, default: [:]][report.block] = report
        case .intents(let header, let added):
            for intent in added {
                places[intent.id] = intents.count
                byObject[intent.object] = intent.id
                intents.append(MemoryLog.KeptIntent(header: header, intent: intent, written: date, state: .open))
            }
        case .stored(_, let intent, _): move(intent.id, to: .stored, from: [.open])
        case .committed(_, let ids): for id in ids { move(id, to: .committed, from: nil) }
        case .removed(_, let intent): move(intent.id, to: .removed, from: [.open, .stored, .watched])
        case .watched(_, let intent):
            if let place = places[intent.id], intents[place].state != .watched { intents[place].written = date }
            move(intent.id, to: .watched, from: [.open, .stored, .watched])
        case .writeBackIntent(let plan): writeBacks[plan.course] = plan
        case .wroteBack(let plan), .writeBackAbandoned(let plan, _), .writeBackUndone(let plan):
            writeBacks[plan.course] = nil
        case .flagIntent(let key): flagIntents.insert(key)
        case .writeBackUndoIntent, .runState, .concurrency, .braked, .reads, .unreadable, .rolledBack, .checked,
            .flagOn, .failedTask, .failedTasksResolved, .notice:
            break
        }
    }

    private mutating func move(_ id: UUID, to state: MemoryLog.IntentState, from: Set<MemoryLog.IntentState>?) {
        guard let place = places[id], from?.contains(intents[place].state) ?? true else { return }
        intents[place].state = state
    }
}
