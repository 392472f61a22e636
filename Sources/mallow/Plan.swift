// SPDX-License-Identifier: Apache-2.0
import ArgumentParser
import Deployment
import Foundation
import Ledger
import Migration
import MigrationModel

/// `mallow plan`
struct Plan: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Shows what would be migrated and what would not, and why. Writes nothing.",
        discussion: """
            Example:
              mallow plan --source olx:exports --store file:objects --catalog sqlite:edxval.sqlite
              mallow plan --course course-v1:AcmeX+Bio1+2018 --verbose
            """
    )

    /// How many courses are read at once; their output stays in order.
    private static let coursesAtOnce = 8

    @OptionGroup var platform: PlatformOptions
    @OptionGroup var courses: CourseOptions
    @OptionGroup var content: ContentOptions
    @OptionGroup var ledger: LedgerOptions

    @Flag(help: "Read the objects that are there already and note whether they are the same.")
    var compare = false

    @Flag(name: .shortAndLong, help: "List every transcript, not only those with something to say.")
    var verbose = false

    @Flag(help: "Print one JSON object.")
    var json = false

    func run() async throws {
        let platform = try ReadablePlatform(try await platform.endpoints(try ledger.openIfThere()))
        let planner = CoursePlanner(
            source: platform.source, store: platform.store, catalog: platform.catalog, format: content.format,
            lookUp: content.lookUp, compares: compare
        )
        let wanted = try courses.keys()
        var output: any PlanOutput = json ? JSONPlanOutput() : TextPlanOutput(isVerbose: verbose)
        try await inOrder(platform.source, wanted) { listing in
            guard case .course(let summary) = listing else { return .listing(listing) }
            do {
                return .plan(try await planner.plan(summary))
            } catch let failure as Failure {
                return .listing(.unreadable(name: summary.key.text, failure))
            }
        } each: {
            output.add($0)
        }
        output.end()
        let missing = wanted.subtracting(output.planned)
        if !missing.isEmpty {
            throw UsageError("The source has no course \(missing.sorted().map(\.text).joined(separator: ", ")).")
        }
        if output.unreadable > 0 { throw ExitCode(RunExit.failed.rawValue) }
    }

    /// Reads a few courses ahead and hands over their plans in the order of the listing, as soon as each is there.
    private func inOrder(
        _ source: any CourseSource, _ wanted: Set<CourseKey>,
        _ plan: @escaping @Sendable (CourseListing) async throws -> PlanItem, each: (PlanItem) -> Void
    ) async throws {
        try await withThrowingTaskGroup(of: (Int, PlanItem).self) { group in
            var (started, printed) = (0, 0)
            var ready: [Int: PlanItem] = [:]
            func takeOne() async throws {
                guard let (number, item) = try await group.next() else { return }
                ready[number] = item
                while let next = ready.removeValue(forKey: printed) {
                    each(next)
                    printed += 1
                }
            }
            for try await listing in source.courses() {
                if case .course(let summary) = listing, !wanted.isEmpty, !wanted.contains(summary.key) { continue }
                let number = started
                started += 1
                group.addTask { (number, try await plan(listing)) }
                while started - printed >= Self.coursesAtOnce { try await takeOne() }
            }
            while printed < started { try await takeOne() }
        }
    }
}

/// One thing that a plan prints.
enum PlanItem: Sendable {
    case plan(CoursePlan)
    case listing(CourseListing)
}
