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
        abstract: "Shows every copy of a video's transcripts: the contentstore's by each head, and the object's.",
        discussion: """
            With a language, the texts stand side by side, and lines that differ are marked. Reads only.

            Example:
              mallow compare --course course-v1:AcmeX+Bio1+2018 --video mitosis
              mallow compare --course course-v1:AcmeX+Bio1+2018 --video mitosis --language fr

            Exit codes: 0 it was shown, 2 there is no such course, video or language.
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

    func run() async throws {
        let platform = try ReadablePlatform(try await platform.endpoints(ledger))
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
        let page = ComparisonPage(width: Output.isTerminal ? Output.width : 120, onlyDifferences: differences)
        for line in page.table(of: inspected) + (transcript.map { page.texts(of: $0) } ?? []) { Output.print(line) }
    }
}

/// A comparison as lines of text.
struct ComparisonPage {
    let width: Int
    let onlyDifferences: Bool

    func table(of video: InspectedVideo) -> [String] {
        var lines = [
            "\(video.displayName)  \(video.usageKey)",
            "edx_video_id \(video.edxVideoID)\(video.isNewID ? " (new)" : "")",
        ]
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

    func texts(of transcript: InspectedTranscript) -> [String] {
        guard transcript.pairs.indices.contains(transcript.firstPair) else {
            return ["there is nothing to compare it with"]
                + (transcript.copies.first?.cues ?? []).map { "  \(Figures.cueTime($0.start))  \($0.text)" }
        }
        let (left, right) = transcript.pairs[transcript.firstPair]
        let alignment = CueAlignment(left.cues ?? [], right.cues ?? [])
        let column = max(20, (width - 16) / 2)
        let head = "\(left.place.rawValue) against \(right.place.rawValue)"
        let sum = "\(counted(alignment.rows.count, "line")), \(alignment.differences) differ"
        return ["", "\(head): \(sum)"]
            + alignment.rows.filter { !onlyDifferences || !$0.isSame }.map { row in
                let time = Figures.cueTime(row.left?.start ?? row.right?.start)
                let texts = [row.left, row.right].map { Self.column($0?.text ?? "", width: column) }
                return "\(time) \(texts[0]) \(row.isSame ? "|" : "≠") \(texts[1])"
            }
    }

    /// Text cut or filled to a width, with nothing in it that a terminal would obey.
    private static func column(_ text: String, width: Int) -> String {
        let cut = CellText(text).truncated(to: width)
        return cut.text + String(repeating: " ", count: width - cut.width)
    }

    private static func facts(of copy: TranscriptCopy) -> String {
        let size = copy.bytes.map { "\(Figures.number($0)) bytes" }
        let hash = copy.sha256.map { "sha256 \($0)" }
        return [copy.format?.rawValue, size, hash, copy.problem].compactMap { $0 }.joined(separator: "  ")
    }
}
