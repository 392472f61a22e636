// SPDX-License-Identifier: Apache-2.0
import Canvas
import Foundation
import Ledger
import MigrationModel

/// What operators decide about courses and videos, engine or no engine: held, left behind, and both taken back.
extension Model {
    /// Holds those that are not held; where all of them are, releases them.
    func confirmation(holding chosen: [ChosenCourse]) -> Confirmation {
        let free = chosen.filter { $0.heldBy == nil }
        let holds = !free.isEmpty
        let courses = holds ? free : chosen
        let areWritten = writesBack(LaunchRequest(work: .courses([]), choices: lastRun?.choices ?? []))
        let kept = areWritten ? ", and write no edx_video_id into the course" : ""
        let written = areWritten ? "write the edx_video_ids of videos without one into the course, then " : ""
        return Confirmation(
            title: "\(holds ? "Hold the cut-over of" : "Release") \(counted(courses.count, "course"))",
            will: [
                names(courses),
                holds
                    ? "migrate and check, but leave the flag as it is\(kept)"
                    : courses.contains { $0.isUnfinished } && hasEngine
                        ? "let this run, when it comes to it, \(written)switch the flag on when the check passes"
                        : "let the next run (\(keymap.hint(.run))) \(written)switch the flag on when the check passes",
            ],
            willNot: ["stop or undo anything that is migrated"], undo: "\(keymap.hint(.hold)) again", blockers: [],
            typed: typed(holds ? "hold" : "release"), commandLine: nil,
            effect: .hold(courses.map { CourseKey(unchecked: $0.key) }, holds)
        )
    }

    /// The video that is looked at, or the one under the cursor in its pane.
    mutating func waive() -> [Effect] {
        var video: (course: CourseKey, row: VideoRow)?
        var transcript: InspectedTranscript?
        if case .video(let detail)? = layer {
            if detail.inspection == .reading { return refuse("wait until the stores are looked into") }
            video = openVideo.map { (detail.video.course, $0) }
            let troubled = detail.transcripts.filter { $0.failure != nil }
            // Where one transcript is what is wrong, it alone may stay behind.
            transcript = troubled.count == 1 ? troubled.first : detail.selected
            if let transcript, transcript.failure == nil, !troubled.isEmpty {
                return refuse("\(transcript.language) is good: choose the transcript that shall stay behind")
            }
        } else if pane == .videos, let course = selected, let row = selectedVideo {
            video = (CourseKey(unchecked: course.key), row)
        }
        guard let video, video.row.isTroubled else {
            return refuse("only a video that failed can stay behind: choose one in the videos pane, or in triage")
        }
        let reference = VideoReference(course: video.course, block: UsageKey(unchecked: video.row.block))
        let failure = transcript?.failure ?? video.row.why
        if let instead = failure.flatMap({ insteadOfWaiver($0.class) }) { return refuse(instead) }
        layers.append(
            .waive(
                Waiving(
                    videos: [reference], name: video.row.displayName,
                    cause: failure?.cause ?? "its cause cannot be read",
                    only: transcript?.failure == nil ? nil : transcript?.language,
                    standing: openVideo == nil ? [] : (view?.waivers ?? []).map(\.language)))
        )
        return []
    }

    /// Of the video that is looked at.
    mutating func withdraw() -> [Effect] {
        guard case .video(let detail)? = layer else {
            return refuse("open the video first, with \(keymap.hint(.open)): its waivers are listed there")
        }
        let waivers = openVideo == nil ? [] : view?.waivers ?? []
        guard !waivers.isEmpty else { return refuse("there is no waiver for this video") }
        layers.append(
            .confirmation(
                Confirmation(
                    title: "Take back \(counted(waivers.count, "waiver"))",
                    will: [detail.video.block.text]
                        + waivers.map { "\($0.language?.text ?? "the whole video"), by \($0.actor): \($0.reason)" }
                        + ["count again when \(detail.video.course) is run next"],
                    willNot: ["change anything that is migrated"],
                    undo: "run the course again; what fails then, \(keymap.hint(.waive)) waives again", blockers: [],
                    typed: typed("take back"), commandLine: nil, effect: .withdraw(waivers)
                )
            )
        )
        return []
    }

    /// What many videos stand for is decided twice: by a reason, and by their number.
    func confirmation(waiving: Waiving, as waivers: [Waiver]) -> Confirmation {
        let courses = Set(waiving.videos.map(\.course)).sorted()
        let shown = courses.prefix(3).map(\.text).joined(separator: ", ")
        let videos = counted(waiving.videos.count, "video")
        return Confirmation(
            title: "Let \(videos) stay behind",
            will: [
                "let \(videos) of \(counted(courses.count, "course")) stay behind with all their transcripts, the good ones too: "
                    + shown + (courses.count > 3 ? " and \(courses.count - 3) more" : ""),
                "be signed \(place.operator): \(waiving.reason.kept)",
                "let these courses cut over without them when they are run next",
            ]
                + (waiving.replaced > 0
                    ? ["replace the reason of \(counted(waiving.replaced, "video")) that may stay behind already"]
                    : []),
            willNot: ["remove anything from the contentstore"],
            undo: "\(keymap.hint(.withdraw)) in triage, until the courses are run", blockers: [],
            typed: typed("waive \(waiving.videos.count)"), commandLine: nil, effect: .waive(waivers))
    }

    /// Takes back what was waived of one cause, as it stands there now.
    func confirmation(withdrawing waivers: [Waiver]) -> Confirmation {
        let shown = waivers.prefix(5).map {
            "\($0.block.block)\($0.language.map { " \($0)" } ?? ""), by \($0.actor): \($0.reason)"
        }
        return Confirmation(
            title: "Take back \(counted(waivers.count, "waiver"))",
            will: shown + (waivers.count > 5 ? ["and \(waivers.count - 5) more of the same cause"] : []),
            willNot: ["change anything that is migrated"],
            undo: "\(keymap.hint(.waive)) waives them again, with a new reason", blockers: [],
            typed: typed("take back"),
            commandLine: nil, effect: .withdraw(waivers))
    }
}
