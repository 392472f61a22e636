// SPDX-License-Identifier: Apache-2.0
import Foundation

/// Figures, run by hand: `swift run -c release benchmarks [ledger|engine|plan|console] [--transcripts N] [--folder DIR]`.
/// `benchmarks large-ledger --folder DIR` makes `DIR/large.ledger`, which `Tests/console/figures.py` opens a console on.
///
/// `benchmarks fleet --transcripts N --folder DIR` makes exports in a folder, and `benchmarks puts` puts the files of a folder into a bucket, for `Tests/s3/figures.py`.
///
/// `benchmarks commits --port N --videos N --transcripts N --connections N` commits videos to a database, for
/// `Tests/mysql/figures.py`.
///
/// Everything that is compared is measured in the same run, since machines and disks differ from minute to minute.
@main
struct Benchmarks {
    static func main() async throws {
        var arguments = Array(CommandLine.arguments.dropFirst())
        func option(_ name: String) -> String? {
            guard let place = arguments.firstIndex(of: name), place + 1 < arguments.count else { return nil }
            defer { arguments.removeSubrange(place...(place + 1)) }
            return arguments[place + 1]
        }
        let transcripts = option("--transcripts").flatMap(Int.init) ?? 100_000
        let parent = option("--folder") ?? FileManager.default.temporaryDirectory.path
        if arguments.first == "large-ledger" {
            return try await ConsoleBenchmark.makeLedger("\(parent)/large.ledger")
        }
        if arguments.first == "fleet" {
            return try GeneratedFleet.make(transcripts / GeneratedFleet.transcriptsPerCourse, in: parent)
        }
        if arguments.first == "puts" {
            guard let place = option("--store") else {
                return print("puts --store //BUCKET?endpoint=URL --folder FILES [--look]")
            }
            return try await PutBenchmark(files: parent, place: place, looks: arguments.contains("--look")).run(
                inFlight: option("--in-flight").flatMap(Int.init) ?? 32)
        }
        #if MySQL
        if arguments.first == "commits" {
            func number(_ name: String, or value: Int) -> Int { option(name).flatMap(Int.init) ?? value }
            return try await CommitBenchmark(
                videos: number("--videos", or: 8000), transcripts: number("--transcripts", or: 1),
                connections: number("--connections", or: 32)
            ).run(port: UInt32(number("--port", or: 3306)))
        }
        #endif
        let folder = "\(parent)/mallow-benchmark-\(ProcessInfo.processInfo.processIdentifier)"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer {
            // What cannot be removed is left for the operator to see.
            try? FileManager.default.removeItem(atPath: folder)
        }
        let which = arguments.first ?? "all"
        if which == "ledger" || which == "all" { try await LedgerBenchmark(folder: folder).run() }
        if which == "engine" || which == "all" {
            try await EngineBenchmark(folder: folder, transcripts: transcripts).run()
        }
        if which == "console" || which == "all" { try await ConsoleBenchmark(folder: folder).run() }
        if which == "plan" || which == "all" { try PlanBenchmark(folder: folder).run() }
    }
}

/// Seconds that something takes.
func seconds(_ body: () async throws -> Void) async rethrows -> Double {
    let start = ContinuousClock.now
    try await body()
    return Double((ContinuousClock.now - start) / .seconds(1))
}
