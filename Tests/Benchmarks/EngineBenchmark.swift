// SPDX-License-Identifier: Apache-2.0
import Foundation
import Synchronization

/// The whole engine against a program that only writes and syncs the same files, with the same parallelism.
///
/// Nothing is removed before the end: ext4 makes new files many times slower while it remembers removed ones.
struct EngineBenchmark {
    /// As many files are written at once as the directory store has threads for.
    private static let parallelism = 32
    /// Videos in flight: most of them wait for a commit of the ledger or the catalog, and not for a file.
    private static let videosInFlight = 128

    let folder: String
    let transcripts: Int

    func run() async throws {
        let small = try measure(transcripts / 10)
        let large = try measure(transcripts)
        print(
            String(
                format: "  time for each transcript, %d against %d: ratio %.2f", large.transcripts, small.transcripts,
                large.microseconds / small.microseconds
            )
        )
    }

    private struct Result {
        let transcripts: Int
        let microseconds: Double
    }

    private func measure(_ transcripts: Int) throws -> Result {
        let exports = "\(folder)/exports-\(transcripts)"
        try GeneratedFleet.make(transcripts / GeneratedFleet.transcriptsPerCourse, in: exports)
        sync()
        print("engine: \(transcripts) transcripts in \(transcripts / GeneratedFleet.transcriptsPerCourse) courses")
        let before = try plain(transcripts)
        let place = "\(folder)/run-\(transcripts)"
        let platform = ["--source", "olx:\(exports)", "--store", "file:\(place)/objects"]
        try FileManager.default.createDirectory(atPath: place, withIntermediateDirectories: true)
        let engine = try Child.run(
            ["run", "--all", "--concurrency", "\(Self.videosInFlight)"] + platform
                + ["--catalog", "sqlite:\(place)/edxval.sqlite", "--ledger", "\(place)/ledger"]
        )
        let after = try plain(transcripts)
        let alone = (before.seconds + after.seconds) / 2
        let aloneWithFolder = (before.withFolder + after.withFolder) / 2
        func rate(_ seconds: Double) -> String { String(format: "%.0f", Double(transcripts) / seconds) }
        print("  plain, file synced:             \(rate(before.seconds)) and \(rate(after.seconds)) files/s")
        print("  plain, file and folder synced:  \(rate(before.withFolder)) and \(rate(after.withFolder)) files/s")
        print(
            "  mallow run:                     \(rate(engine.seconds)) transcripts/s, peak \(engine.peakMegabytes) MB, "
                + String(format: "CPU %.1f s, exit %d", engine.processorSeconds, engine.status)
        )
        print(
            String(
                format: "  speed against plain: %.2f (file), %.2f (file and folder)", alone / engine.seconds,
                aloneWithFolder / engine.seconds
            )
        )
        return Result(transcripts: transcripts, microseconds: engine.seconds / Double(transcripts) * 1e6)
    }

    /// Threads that write and sync files of the same size and do nothing else.
    private func plain(_ count: Int) throws -> (seconds: Double, withFolder: Double) {
        (try plain(count, syncsFolder: false), try plain(count, syncsFolder: true))
    }

    private func plain(_ count: Int, syncsFolder: Bool) throws -> Double {
        let place = "\(folder)/plain-\(UUID())"
        try FileManager.default.createDirectory(atPath: place, withIntermediateDirectories: true)
        let bytes = GeneratedFleet.subtitles("plain")
        let start = ContinuousClock.now
        DispatchQueue.concurrentPerform(threads: Self.parallelism) { thread in
            let parent = open(place, O_RDONLY)
            defer { close(parent) }
            for number in stride(from: thread, to: count, by: Self.parallelism) {
                let file = open("\(place)/\(number)", O_WRONLY | O_CREAT | O_EXCL, 0o644)
                precondition(file >= 0 && write(file, bytes, bytes.count) == bytes.count && fsync(file) == 0)
                close(file)
                if syncsFolder { fsync(parent) }
            }
        }
        let time = Double((ContinuousClock.now - start) / .seconds(1))
        return time
    }
}

extension DispatchQueue {
    /// As many real threads as asked for, each running `body` once; returns when all are done.
    fileprivate static func concurrentPerform(threads: Int, _ body: @escaping @Sendable (Int) -> Void) {
        let group = DispatchGroup()
        for number in 0..<threads {
            group.enter()
            Thread {
                body(number)
                group.leave()
            }.start()
        }
        group.wait()
    }
}
