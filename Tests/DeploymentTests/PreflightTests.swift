// SPDX-License-Identifier: Apache-2.0
import Foundation
import MigrationModel
import Synchronization
import TestDoubles
import Testing

@testable import Deployment

@Suite struct PreflightTests {
    private func course(_ number: Int) throws -> CourseKey { try CourseKey("course-v1:Org+C\(number)+Run") }

    private let leftover = Probe.Leftover(words: "a canary may be there", patience: .milliseconds(20))

    /// Returns when its task is cancelled.
    private static func waitToBeGivenUp() async {
        let (silence, end) = AsyncStream.makeStream(of: Never.self)
        for await _ in silence {}
        end.finish()
    }

    @Test func `a look that never answers is given up and says what it may leave`() async throws {
        let probe = Probe(name: "store", leftover: leftover) {
            // A task of its own hears of no cancellation, like a system call.
            await Task { await Self.waitToBeGivenUp() }.value
            return []
        }
        let checks = await probe.checks(within: .milliseconds(20))
        let check = try #require(checks.first)
        #expect(checks.count == 1)
        #expect(check.verdict == .fail)
        #expect(check.measured == "no answer in 0.02 s")
        #expect(check.limit == nil)
        #expect(check.advice?.hasSuffix("a canary may be there") == true)
    }

    @Test func `a look that is given up may still say that it cleaned up`() async throws {
        let patient = Probe.Leftover(words: "a canary may be there", patience: .seconds(600))
        let probe = Probe(name: "store", leftover: patient) {
            await Self.waitToBeGivenUp()
            let clock = ProbeClock()
            return [clock.failed("store: a", "cut off", advice: ""), clock.passed("store: left", "nothing")]
        }
        let checks = await probe.checks(within: .milliseconds(20))
        #expect(checks.map(\.name) == ["store", "store: left"])
        #expect(checks.map(\.verdict) == [.fail, .pass])
        #expect(checks.first?.advice?.contains("a canary") == false)
    }

    @Test func `a source that takes long lets a run begin`() async throws {
        let probe = Probe(name: "source", excuse: "a large archive takes longer") {
            await Self.waitToBeGivenUp()
            return []
        }
        let checks = await probe.checks(within: .milliseconds(20))
        #expect(checks.map(\.verdict) == [.attention])
        #expect(checks.first?.measured == "not looked at to its end within 0.02 s: a large archive takes longer")
    }

    @Test func `what is in the way of a run stands first`() {
        let clock = ProbeClock()
        let checks = [
            clock.passed("a", ""), clock.attention("b", "", advice: ""), clock.failed("c", "", advice: ""),
            clock.passed("d", ""), clock.attention("e", "not tried", advice: ""), clock.failed("f", "", advice: ""),
        ]
        #expect(PlatformPreflight.worstFirst(checks).map(\.name) == ["c", "f", "b", "e", "a", "d"])
    }

    @Test func `a failure is told in its own words`() async {
        let probe = Probe(name: "catalog") {
            throw Failure(.auth, "open it", at: "a place", cause: "no right to", advice: "ask somebody")
        }
        let check = await probe.checks(within: .seconds(600)).first
        #expect(check?.measured == "open it at a place: no right to")
        #expect((check?.verdict, check?.advice) == (.fail, "ask somebody"))
    }

    @Test func `the first course is enough`() async throws {
        let source = ListedSource(try (1...3).map { .course(CourseSummary(key: try course($0), title: "")) })
        let check = try await FirstCourse(source: source, place: "there").check()
        #expect(check.verdict == .pass)
        #expect(check.measured.hasPrefix("course-v1:Org+C1+Run with 0 videos read in "))
        #expect(source.listed == 1)
        #expect(source.released == [try course(1)])
    }

    @Test func `what cannot be read before the first course is told`() async throws {
        let failure = Failure(.sourceCorrupt, "read it", at: "x.tar.gz", cause: "it is torn", advice: "export again")
        let source = ListedSource(
            [.unreadable(name: "x", failure)]
                + (try (1...4).map { .course(CourseSummary(key: try course($0), title: "")) }),
            broken: [try course(1)]
        )
        let check = try await FirstCourse(source: source, place: "there").check()
        #expect(check.verdict == .attention)
        #expect(check.measured.hasPrefix("course-v1:Org+C2+Run"))
        #expect(check.measured.hasSuffix("2 before it cannot be read"))
        #expect(check.advice == "read it at x.tar.gz: it is torn; export again")
        #expect(source.listed == 3)
    }

    @Test func `a source without a readable course fails`() async throws {
        let empty = try await FirstCourse(source: ListedSource([]), place: "there").check()
        #expect((empty.verdict, empty.measured) == (.fail, "no course in there"))
        let listing = CourseListing.course(CourseSummary(key: try course(1), title: ""))
        let broken = ListedSource([listing], broken: [try course(1)])
        let check = try await FirstCourse(source: broken, place: "there").check()
        #expect((check.verdict, check.advice) == (.fail, "mend it"))
    }

    @Test(arguments: [
        (0, PreflightCheck.Verdict.fail, "0 MiB free"), (256 << 20, .attention, "256 MiB free"),
        ((256 << 20) - 1, .fail, "255 MiB free"), ((1 << 30) - 1, .attention, "1023 MiB free"),
        (1 << 30, .pass, "1 GiB free"), (1_503_238_554, .pass, "1.4 GiB free"),
    ])
    func `room is measured`(_ free: UInt64, _ verdict: PreflightCheck.Verdict, _ measured: String) {
        let check = DiskSpace.check("disk", free: free, ProbeClock())
        #expect((check.verdict, check.measured) == (verdict, measured))
        #expect((check.advice == nil) == (verdict == .pass))
    }

    @Test func `a file system without an end has as much room as can be told`() {
        #expect(FileSystem(device: 1, blocks: .max, ofBytes: 4096).free == .max)
        #expect(FileSystem(device: 1, blocks: 3, ofBytes: 4096).free == 12288)
    }

    @Test func `an empty folder holds nothing, as one that a share is mounted on`() async throws {
        try await withTemporaryFolder { folder in
            let place = PathOnDisk(path: folder)
            #expect(place.holdsNothing)
            #expect(PathOnDisk(path: "\(folder)/nowhere").holdsNothing)
            try Data().write(to: URL(fileURLWithPath: "\(folder)/file"))
            #expect(!place.holdsNothing)
            #expect(PathOnDisk(path: "\(folder)/file").holdsNothing)
            try Data([1]).write(to: URL(fileURLWithPath: "\(folder)/file"))
            #expect(!PathOnDisk(path: "\(folder)/file").holdsNothing)
        }
    }

    @Test func `places on one file system are measured once, even where nothing is yet`() async throws {
        try await withTemporaryFolder { folder in
            let space = DiskSpace(places: [
                ("ledger", PathOnDisk(path: "\(folder)/a/b/ledger")), ("store", PathOnDisk(path: folder)),
            ])
            let checks = try space.checks()
            #expect(checks.map(\.name) == ["disk: ledger, store"])
            let made = try FileManager.default.contentsOfDirectory(atPath: folder)
            #expect(made.isEmpty)
        }
    }

    @Test func `a folder that cannot be made because a file is in its way fails`() async throws {
        try await withTemporaryFolder { folder in
            try Data().write(to: URL(fileURLWithPath: "\(folder)/file"))
            let failure = #expect(throws: Failure.self) {
                try PathOnDisk(path: "\(folder)/file/objects").proveCreatable("the store")
            }
            #expect(failure?.place == "\(folder)/file")
            #expect(throws: Never.self) { try PathOnDisk(path: "\(folder)/a/b/objects").proveCreatable("the store") }
        }
    }
}

/// A source that counts what was asked of it.
private final class ListedSource: CourseSource {
    private struct State {
        var listed = 0
        var released: [CourseKey] = []
    }

    private let listings: [CourseListing]
    private let broken: Set<CourseKey>
    private let state = Mutex(State())

    init(_ listings: [CourseListing], broken: Set<CourseKey> = []) { (self.listings, self.broken) = (listings, broken) }

    var listed: Int { state.withLock { $0.listed } }
    var released: [CourseKey] { state.withLock { $0.released } }

    func courses() -> AsyncThrowingStream<CourseListing, any Error> {
        AsyncThrowingStream { [self] in
            state.withLock { state in
                guard state.listed < listings.count else { return nil }
                state.listed += 1
                return listings[state.listed - 1]
            }
        }
    }

    func outline(of course: CourseKey) async throws -> CourseOutline {
        if broken.contains(course) {
            throw Failure(.sourceCorrupt, "read it", at: course.text, cause: "it is torn", advice: "mend it")
        }
        return CourseOutline(videos: [], unreachable: 0, notes: [])
    }

    func assets(_ names: Set<AssetName>, of course: CourseKey) async throws -> AssetListing {
        AssetListing(assets: [:])
    }

    func content(of assets: [Asset], in course: CourseKey) async throws -> [AssetName: Result<[UInt8], Failure>] { [:] }

    func ask() async throws {}

    func release(_ course: CourseKey) async { state.withLock { $0.released.append(course) } }
}
