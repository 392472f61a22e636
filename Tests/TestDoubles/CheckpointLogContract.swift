// SPDX-License-Identifier: Apache-2.0
import Foundation
package import MigrationModel

/// What every checkpoint log promises, one case a promise. Each gets a fresh log of run 1.
package let checkpointLogContract: [ContractCase<any CheckpointLog>] = [
    ContractCase("an intent is open until it is committed or removed") { log in
        let sample = SampleTransaction()
        try await log.record([sample.found, .intents(sample.header, sample.intents)])
        var open = try await log.openTransactions()
        try require(open.map(\.header), is: [sample.header], "what is there")
        try require(Set(open.flatMap(\.intents).map(\.intent)), is: Set(sample.intents), "what is open")
        try await log.record([.committed(sample.header, intents: [sample.intents[0].id])])
        open = try await log.openTransactions()
        try require(open.flatMap(\.intents).map(\.intent), is: [sample.intents[1]], "what is there")
        try await log.record([.removed(sample.header, sample.intents[1])])
        try require(try await log.openTransactions(), is: [], "what is open")
    },
    ContractCase("a stored intent is still open") { log in
        let sample = SampleTransaction()
        try await log.record([sample.found, .intents(sample.header, sample.intents)])
        log.note([.stored(sample.header, sample.intents[0], seconds: 0.1)])
        try await log.record([.notice(course: nil, block: nil, text: "something that waits")])
        try require(try await log.openTransactions().flatMap(\.intents).count, is: 2, "what is there")
    },
    ContractCase("a watched intent stays open and says so") { log in
        let sample = SampleTransaction()
        try await log.record([sample.found, .intents(sample.header, sample.intents)])
        try await log.record([.watched(sample.header, sample.intents[0]), .removed(sample.header, sample.intents[1])])
        let open = try await log.openTransactions().flatMap(\.intents)
        try require(open.map(\.intent), is: [sample.intents[0]], "what is there")
        try require(open.allSatisfy(\.isWatched), "it is watched")
    },
    ContractCase("a committed intent never goes back") { log in
        let sample = SampleTransaction()
        try await log.record([sample.found, .intents(sample.header, sample.intents)])
        try await log.record([.committed(sample.header, intents: sample.intents.map(\.id))])
        log.note([.stored(sample.header, sample.intents[0], seconds: 0.1)])
        try await log.record([.removed(sample.header, sample.intents[1])])
        try require(try await log.openTransactions(), is: [], "what is open")
        let stored = Dictionary(uniqueKeysWithValues: sample.intents.map { ($0.object, $0.checksum) })
        try require(
            try await log.committed(among: Set(stored.keys).union(["elsewhere"]), for: SampleTransaction.course),
            is: stored, "what is there")
    },
    ContractCase("what another course committed is not this course's") { log in
        let sample = SampleTransaction()
        try await log.record([sample.found, .intents(sample.header, sample.intents)])
        try await log.record([.committed(sample.header, intents: sample.intents.map(\.id))])
        let other = CourseKey(unchecked: "course-v1:Org+Course+Other")
        try require(
            try await log.committed(among: Set(sample.intents.map(\.object)), for: other), is: [:], "what is there")
    },
    ContractCase("a write-back is open until it is done, abandoned or undone") { log in
        let sample = SampleTransaction()
        let course = SampleTransaction.course
        try await log.record([sample.found])
        for number in 0..<3 {
            let move = WriteBack.Move(branch: "draft-branch", before: "\(number)", after: "\(number + 1)")
            let plan = WriteBack(
                id: UUID.random(), course: course, ids: [sample.header.block: sample.header.video], moves: [move])
            try await log.record([.writeBackIntent(plan)])
            try require(try await log.openWriteBack(of: course), is: plan, "what is open")
            let other = CourseKey(unchecked: "course-v1:Org+Course+Other")
            try require(try await log.openWriteBack(of: other), is: nil, "what is open of another course")
            let ends: [Checkpoint] = [
                .wroteBack(plan), .writeBackAbandoned(plan, reason: "somebody saved"), .writeBackUndone(plan),
            ]
            try await log.record([ends[number]])
            try require(try await log.openWriteBack(of: course), is: nil, "what is open")
        }
    },
    ContractCase("transactions come oldest first") { log in
        let samples = (0..<5).map { _ in SampleTransaction() }
        try await log.record([samples[0].found])
        for sample in samples { try await log.record([.intents(sample.header, sample.intents)]) }
        try require(try await log.openTransactions().map(\.header), is: samples.map(\.header), "what is there")
    },
]

/// A transaction of two transcripts.
package struct SampleTransaction: Sendable {
    package static let course = CourseKey(unchecked: "course-v1:Org+Course+Run")

    package let header: TransactionHeader
    package let intents: [Intent]

    /// The course is found before anything happens to it.
    package var found: Checkpoint { .courseFound(CourseSummary(key: Self.course, title: "A course"), .queued) }

    package init(block: String = "v1", run: RunID = RunID(1)) {
        header = TransactionHeader(
            id: UUID(), run: run, course: Self.course,
            block: UsageKey(course: Self.course, type: "video", block: block), video: "video-1"
        )
        intents = ["en", "fr"].map { (language: LanguageCode) in
            Intent(
                id: UUID(), language: language,
                object: ObjectKey(unchecked: "video-transcripts/\(UUID().hexadecimal).srt"),
                size: 4, checksum: Checksum(of: Array("text".utf8)), format: .srt
            )
        }
    }
}
