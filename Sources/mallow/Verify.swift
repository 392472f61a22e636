// SPDX-License-Identifier: Apache-2.0
import ArgumentParser
import Deployment
import Foundation
import Ledger
import Migration
import MigrationModel

/// `mallow verify`
struct Verify: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "verify",
        abstract: "Checks what is migrated, from the raw stores. Writes nothing.",
        discussion: """
            For every transcript: the contentstore's bytes, the catalog's row as readers join it, the object behind it, and \
            the checksum that was stored.

            Example:
              mallow verify
              mallow verify --deep --course course-v1:AcmeX+Bio1+2018

            Exit codes: 0 everything is there, 1 a check failed, 3 something is not migrated yet.
            """
    )

    @OptionGroup var platform: PlatformOptions
    @OptionGroup var courses: CourseOptions
    @OptionGroup var content: ContentOptions
    @OptionGroup var ledger: LedgerOptions

    @Flag(help: "Read every object and hash its bytes here, instead of believing the store's checksum.")
    var deep = false

    @Flag(help: "Print one JSON object with every check.")
    var json = false

    func run() async throws {
        let endpoints = try platform.endpoints(ledger)
        try endpoints.refuseLoss(knownTo: ledger.path)
        let platform = try ReadablePlatform(endpoints)
        let ledger = try ledger.openIfThere()
        let verification = Verification(
            platform.readers(content), isDeep: deep, written: { try await ledger?.stored(under: $0) ?? [:] },
            waivers: try await ledger?.waivers() ?? []
        )
        let wanted = try courses.keys()
        var report = VerificationReport(isJSON: json)
        var found: Set<CourseKey> = []
        for try await listing in platform.source.courses() {
            switch listing {
            case .course(let summary) where wanted.isEmpty || wanted.contains(summary.key):
                found.insert(summary.key)
                do {
                    report.add(summary.key, try await verification.check(summary.key))
                } catch let failure as Failure {
                    report.add(summary.key.text, failure)
                }
            case .unreadable(let name, let failure) where wanted.isEmpty: report.add(name, failure)
            case .course, .unreadable: break
            }
        }
        let missing = wanted.subtracting(found)
        if !missing.isEmpty {
            throw UsageError("The source has no course \(missing.sorted().map(\.text).joined(separator: ", ")).")
        }
        let status = report.end()
        if status != .done { throw ExitCode(status.rawValue) }
    }
}

/// Prints checks as they come, and what they come to.
private struct VerificationReport {
    let isJSON: Bool
    private var checks: [TranscriptCheck] = []
    private var unreadable: [Unreadable] = []
    private var counts: [TranscriptCheck.Verdict: Int] = [:]

    private struct Unreadable: Encodable {
        let name: String
        let failure: Failure
    }

    private struct Whole: Encodable {
        let checks: [TranscriptCheck]
        let unreadable: [Unreadable]
        let verdict: String
    }

    init(isJSON: Bool) { self.isJSON = isJSON }

    mutating func add(_ course: CourseKey, _ checked: [TranscriptCheck]) {
        for check in checked { counts[check.verdict, default: 0] += 1 }
        if isJSON { return checks += checked }
        let passed = checked.count { $0.verdict == .pass || $0.verdict == .waived }
        Output.print(
            "\(passed == checked.count ? "✓" : "✗") \(course)  \(passed) of \(counted(checked.count, "transcript"))")
        for check in checked where check.verdict != .pass || check.note?.hasPrefix("differs") == true {
            Output.print(
                "    \(check.verdict.rawValue): \(check.video.block) \(check.language)\(check.note.map { ": \($0)" } ?? "")"
            )
        }
    }

    mutating func add(_ name: String, _ failure: Failure) {
        unreadable.append(Unreadable(name: name, failure: failure))
        if !isJSON { Output.print("✗ \(failure)") }
    }

    func end() -> RunExit {
        let (passed, failed) = (counts[.pass] ?? 0, (counts[.fail] ?? 0) + unreadable.count)
        let open = counts[.notMigrated] ?? 0
        let waived = counts[.waived] ?? 0
        // Where nothing was checked, nothing is proven.
        let status: RunExit = failed > 0 ? .failed : (open > 0 || passed + waived == 0 ? .unproven : .done)
        if isJSON {
            let verdict = status == .done ? "pass" : (status == .failed ? "fail" : "not proven")
            Output.print(json: Whole(checks: checks, unreadable: unreadable, verdict: verdict))
        } else if passed + failed + open + waived == 0 {
            Output.print("0 transcripts checked: nothing is proven")
        } else {
            Output.print(
                "\(counted(passed, "check")) passed, \(failed) failed, \(open) not migrated, \(waived) waived")
        }
        return status
    }
}
