// SPDX-License-Identifier: Apache-2.0
import ArgumentParser
import Deployment
import Ledger
import Migration
import MigrationModel

/// Plans courses and prints them, for `mallow plan` and for dry runs. It has nothing that could write.
struct Planning: Sendable {
    /// How many courses are read at once; their output stays in order.
    private static let coursesAtOnce = 8

    let endpoints: Endpoints
    /// Empty for all.
    let wanted: Set<CourseKey>
    let content: ContentOptions
    let compares: Bool

    /// - Throws: what stops it as a whole; an unreadable course is printed, and is exit code 1 at the end.
    func run(_ output: any PlanOutput) async throws {
        let platform = try ReadablePlatform(endpoints)
        let planner = CoursePlanner(platform.readers(content), compares: compares)
        var output = output
        do {
            try await inOrder(platform.source) { listing in
                guard case .course(let summary) = listing else { return .listing(listing) }
                do {
                    return .plan(try await planner.plan(summary))
                } catch let failure as Failure {
                    return .listing(.unreadable(name: summary.key.text, failure))
                }
            } each: {
                output.add($0)
            }
        } catch {
            output.abandon()
            throw error
        }
        output.end()
        let missing = wanted.subtracting(output.planned).subtracting(output.refused)
        if !missing.isEmpty {
            throw UsageError("The source has no course \(missing.sorted().map(\.text).joined(separator: ", ")).")
        }
        if output.exit != .done { throw ExitCode(output.exit.rawValue) }
    }

    private func isWanted(_ listing: CourseListing) -> Bool {
        if case .course(let summary) = listing { wanted.contains(summary.key) } else { false }
    }

    /// Reads a few courses ahead and hands over their plans in the order of the listing, as soon as each is there.
    private func inOrder(
        _ source: any CourseSource, _ plan: @escaping @Sendable (CourseListing) async throws -> PlanItem,
        each: (PlanItem) -> Void
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
                guard wanted.isEmpty || isWanted(listing) else { continue }
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
