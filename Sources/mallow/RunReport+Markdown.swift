// SPDX-License-Identifier: Apache-2.0
import Ledger
import MigrationModel

extension RunReport {
    /// The same for people.
    var markdown: String {
        var lines = [
            "# Mallow: run \(run) (\(kind))", "",
            "- \(standing)\(reason.isEmpty ? "" : ": \(reason)")"
                + (engine == .stopped || engine == .gone ? ", exit code \(exit)" : ""),
            "- \(started) to \(end), started by \(actor)",
            "- from `\(source)` to `\(store)` and `\(catalog)`", "- \(options)",
        ]
        if let sentence = reads?.sentence { lines.append("- \(sentence)") }
        lines += weaknesses.map { "- WEAK \($0.sentence)" }
        lines += [
            "",
            "| course | state | videos verified | contentstore | object store | check | flag | retries | rollbacks |",
            "|---|---|---|---|---|---|---|---|---|",
        ]
        lines += courses.map { course in
            let all = course.videos.values.reduce(0, +)
            return "| \(Self.cell("\(course.title) `\(course.key)`")) | \(course.state) "
                + "| \(course.videos[VideoState.verified.rawValue] ?? 0) of \(all) | \(course.transcripts["contentstore"] ?? 0) "
                + "| \(course.transcripts["store"] ?? 0) | \(course.check) | \(course.flag ? "on" : "off") "
                + "| \(course.retries) | \(course.rollbacks) |"
        }
        lines += section(
            "Failed courses",
            courses.filter { $0.state == CourseState.failed.rawValue }.map { course in
                "- \(course.title) `\(course.key)`: \(course.reason)"
            }
        )
        lines += section(
            ended == nil && ending.isEmpty ? "Not finished yet" : "Not finished",
            courses.filter { CourseState(rawValue: $0.state)?.isUnfinished == true }.map { course in
                "- \(course.title) `\(course.key)`: \(course.videos[VideoState.verified.rawValue] ?? 0) of "
                    + "\(counted(course.videos.values.reduce(0, +), "video")) verified, "
                    + "\(course.reason.isEmpty ? course.state : course.reason)"
            }
        )
        lines += section(
            "Left behind",
            courses.flatMap { course in
                course.leftBehind.map { video in
                    "- \(video.title) `\(video.video)`: \(video.state)\(video.failure.map { ". \($0)" } ?? "")"
                }
            })
        lines += section(
            "Waiting for somebody",
            courses.filter { $0.state == CourseState.held.rawValue }.map { course in
                "- \(course.title) `\(course.key)`: \(course.reason)"
            })
        lines += section("Open transactions", [open?.sentence].compactMap { $0.map { "- \($0)" } })
        lines += section(
            "Left by earlier runs, and not taken by this one",
            leftovers.map { course in
                "- \(course.title) `\(course.key)`: \(course.state) since run \(course.run). \(course.reason)"
            })
        lines += section(
            "Waived",
            waivers.map { waiver in
                "- `\(waiver.block)` \(waiver.language?.text ?? "whole video"), by \(waiver.actor): \(waiver.reason)"
            })
        lines += section(
            "New edx_video_ids, to be written back",
            courses.flatMap { course in
                course.newIDs.map { "- `\($0.edxVideoID)` \($0.title) `\($0.video)`" }
            })
        lines += section("Unreadable", unreadable.map { "- \($0)" })
        lines += section("Notices", notices.map { "- \($0)" })
        return lines.joined(separator: "\n") + "\n"
    }

    private var standing: String {
        engine == .gone ? "no engine, while \(state)" : state + (ending.isEmpty ? "" : ", \(ending)")
    }

    private var end: String {
        if let ended { return ended }
        return engine == .gone ? "\(heard ?? "an unknown time"), when its engine was last heard" : "now"
    }

    private func section(_ title: String, _ lines: [String]) -> [String] {
        lines.isEmpty ? [] : ["", "## \(title)", ""] + lines
    }

    private static func cell(_ text: String) -> String { text.replacing("|", with: "\\|") }
}
