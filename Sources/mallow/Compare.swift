// SPDX-License-Identifier: Apache-2.0
import ArgumentParser
import Canvas
import Console
import Deployment
import Foundation
import Ledger
import Migration
import MigrationModel

/// `mallow compare`
struct Compare: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "compare",
        abstract: "Shows every copy of a video's transcripts: the contentstore's by each head, and the object's.",
        discussion: """
            With a language, its texts too, line by line: what differs stands as both have it. Reads only.

            Example:
              mallow compare --course course-v1:AcmeX+Bio1+2018 --video mitosis
              mallow compare --course course-v1:AcmeX+Bio1+2018 \\
                --video mitosis --language fr

            Exit codes: 0 it was shown, 1 the course cannot be read, 2 it has no such video or language.
            """
    )

    @OptionGroup var platform: PlatformOptions
    @OptionGroup var content: ContentOptions
    @OptionGroup var ledger: LedgerOptions

    @Option(help: ArgumentHelp("The course.", valueName: "KEY"))
    var course: String

    @Option(help: ArgumentHelp("The video: its usage key, or the last part of it.", valueName: "BLOCK"))
    var video: String

    @Option(help: ArgumentHelp("The transcript whose texts are shown.", valueName: "CODE"))
    var language: String?

    @Flag(help: "Show only lines that differ.")
    var differences = false

    @Flag(help: "Print one JSON object.")
    var json = false

    func validate() throws {
        guard !differences || language != nil else { throw ValidationError("--differences needs --language.") }
    }

    func run() async throws {
        let endpoints = try platform.endpoints(ledger)
        // A store that is not mounted has no object behind any row: that is no news of the rows.
        try endpoints.refuseLoss(knownTo: ledger.path)
        let platform = try ReadablePlatform(endpoints)
        let ledger = try ledger.openIfThere()
        let inspector = VideoInspector(
            platform.readers(content), written: { try await ledger?.stored(under: $0) ?? [:] }
        )
        let language = language.map { LanguageCode(unchecked: $0) }
        let key = CourseKey(unchecked: course)
        guard let inspected = try await inspector.inspect(video, of: key, textOf: language) else {
            throw UsageError("\(course) has no video \(video); mallow plan --course lists them.")
        }
        let transcript = inspected.transcripts.first { $0.language == language }
        if let language, transcript == nil {
            let known = inspected.transcripts.map(\.language.text).joined(separator: ", ")
            throw UsageError("The video has no transcript in \(language); it has \(known.isEmpty ? "none" : known).")
        }
        if json { return Output.print(json: inspected) }
        let page = ComparisonPage(onlyDifferences: differences)
        // Names and texts come from authors: nothing in them acts on a terminal.
        for line in page.table(of: inspected) + (transcript.map { page.texts(of: $0) } ?? []) {
            Output.print(CellText(line).text)
        }
    }
}

/// A comparison as lines of text.
struct ComparisonPage {
    let onlyDifferences: Bool

    func table(of video: InspectedVideo) -> [String] {
        var lines = [
            "\(video.displayName)  \(video.usageKey)",
            "edx_video_id \(video.edxVideoID)\(video.isNewID ? " (new)" : "")",
        ]
        if let failure = video.failure { lines.append("\(failure)") }
        lines += video.notes.map { "note: \($0)" }
        for transcript in video.transcripts {
            let rule = transcript.rule.map { " by rule \($0.rawValue)" } ?? ""
            let by = transcript.storedBy.map { ", stored by run \($0)" } ?? ""
            lines.append("\(transcript.language): \(transcript.action.rawValue)\(rule)\(by)")
            lines += transcript.copies.map { "    \($0.place.rawValue)  \($0.name)  \(Self.facts(of: $0))" }
            if let failure = transcript.failure { lines.append("    \(failure)") }
            lines += transcript.notes.map { "    note: \($0)" }
        }
        return lines
    }

    /// Lines that are the same once, and what differs as both have it, each with its own time.
    func texts(of transcript: InspectedTranscript) -> [String] {
        guard transcript.pairs.indices.contains(transcript.firstPair) else {
            return ["", "there is nothing to compare it with"]
                + (transcript.copies.first?.cues ?? []).map { "  \(Self.line($0))" }
        }
        let (left, right) = transcript.pairs[transcript.firstPair]
        let head = "\(left.place.rawValue) (<) against \(right.place.rawValue) (>)"
        guard let ours = left.cues, let theirs = right.cues else {
            let problem = (left.cues == nil ? left : right).problem ?? "one of them has no text"
            return ["", "\(head): they cannot be compared: \(problem)"]
        }
        let alignment = CueAlignment(ours, theirs)
        return ["", "\(head): \(counted(alignment.rows.count, "line")), \(alignment.differences) different"]
            + alignment.rows.flatMap { row in
                guard !row.isSame else { return onlyDifferences ? [] : row.left.map { ["  \(Self.line($0))"] } ?? [] }
                return [row.left.map { "< \(Self.line($0))" }, row.right.map { "> \(Self.line($0))" }].compactMap { $0 }
            }
    }

    private static func line(_ cue: Cue) -> String { "\(Figures.cueTime(cue.start))  \(cue.text)" }

    private static func facts(of copy: TranscriptCopy) -> String {
        let size = copy.bytes.map { "\(Figures.number($0)) bytes" }
        let hash = copy.sha256.map { "sha256 \($0)" }
        return [copy.format?.rawValue, size, hash, copy.problem].compactMap { $0 }.joined(separator: "  ")
    }
}
