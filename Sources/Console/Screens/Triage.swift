// SPDX-License-Identifier: Apache-2.0
import Canvas
import Ledger
import MigrationModel
import Themes

/// What failed: by cause, then by video or course, and what can be decided about it.
extension Frame {
    mutating func triage(_ cause: TroubleGroup.Cause?) {
        let groups = model.troubleGroups
        let cursor = model.place(of: cause, in: groups)
        let (videos, courses) = (model.view?.troubles.count ?? 0, model.view?.troubledCourses.count ?? 0)
        func members(_ count: Int, _ noun: String) -> String {
            counted(count, noun) + (count >= LedgerView.mostTroubles ? ", the first of more" : "")
        }
        let what =
            (videos > 0 || courses == 0 ? [members(videos, "video")] : [])
            + (courses > 0 ? [members(courses, "whole course")] : []) + [counted(groups.count, "cause")]
        let inside = dialog(
            "Triage · \(what.joined(separator: ", "))",
            Size(grid.size.width - 8, grid.size.height - 6), right: "Esc closes"
        )
        guard !groups.isEmpty else {
            let next =
                model.nextStep == .run && model.needs > 0
                ? ": \(model.keymap.hint(.run)) goes on with what was left" : ""
            draw("nothing failed\(next)", at: inside.x, inside.y, .textDim, on: .surfaceRaised, limit: inside.width)
            return
        }
        let (list, rest) = inside.split(top: max(1, min(groups.count, inside.height / 3)))
        let first = max(0, min(cursor - list.height / 2, groups.count - list.height))
        for (index, group) in groups.dropFirst(first).prefix(list.height).enumerated() {
            let plane: Role = first + index == cursor ? .surfaceSelected : .surfaceRaised
            let row = list.row(index)
            fill(row, plane)
            let x = draw("\(group.count)".leftPadded(to: 5) + " ", at: row.x, row.y, .textStrong, on: plane)
            let (glyph, role): (String, Role) =
                group.isHeld ? (glyphs.held, .stateHeld) : (glyphs.failed, .stateFailed)
            let next = draw("\(glyph) \(group.cause.class)  ", at: x, row.y, role, on: plane, limit: row.right - x)
            let whole = group.cause.isOfCourses ? "\(counted(group.count, "whole course")): " : ""
            draw(
                whole + (group.failure?.what ?? group.cause.reason), at: next, row.y, .text, on: plane,
                limit: row.right - next)
        }
        guard groups.indices.contains(cursor) else { return }
        details(of: groups[cursor], Rect(rest.x, rest.y + 1, rest.width, rest.height - 1))
    }

    private mutating func details(of group: TroubleGroup, _ rect: Rect) {
        var text: [DialogLine] = []
        if let failure = group.failure {
            text += wrapped("first: \(failure.place)", width: rect.width).map { DialogLine($0, .textStrong) }
            let one = group.wordings > 1 ? "cause (1 of \(group.wordings) wordings)" : "cause"
            text += wrapped("\(one): \(failure.cause)", width: rect.width).map { DialogLine($0) }
            text += wrapped("SAFE NOW: \(failure.safe)", width: rect.width).map { DialogLine($0, .stateOK) }
            text += wrapped("advice: \(failure.advice)", width: rect.width).map { DialogLine($0) }
        } else if group.cause.isOfCourses {
            text += wrapped(group.cause.reason, width: rect.width).map { DialogLine($0) }
        }
        let inWork = model.hasEngine ? group.videos.count(where: \.isInWork) : 0
        if inWork > 0 {
            let words =
                "the run is still at work on the courses of \(counted(inWork, "video")): wait for what it tries again"
            text += wrapped(words, width: rect.width).map { DialogLine($0, .stateAttention) }
        }
        text.append(DialogLine(""))
        let hints = group.cause.isOfCourses ? courseHints(group) : videoHints(group)
        text += hints.flatMap { wrapped($0, width: rect.width) }.map { DialogLine($0, .textKey) }
        if let instead = group.failure.flatMap({ model.insteadOfWaiver($0.class) }), !group.cause.isOfCourses {
            text += wrapped(instead, width: rect.width).map { DialogLine($0, .textDim) }
        }
        text.append(DialogLine(""))
        let room = max(0, rect.height - text.count)
        text += group.videos.prefix(room).map { video in
            let waived = video.isWaived ? ", waived: it counts at the next run" : ""
            return DialogLine("\(video.key)  \(video.displayName)  (attempt \(video.attempt))\(waived)", .textDim)
        }
        text += group.wholeCourses.prefix(room).map { course in
            DialogLine("\(course.key)  \(course.title)  (attempt \(course.retries + 1))", .textDim)
        }
        lines(text, in: rect)
    }

    /// What can be done about videos, a line each.
    private func videoHints(_ group: TroubleGroup) -> [String] {
        let keys = model.keymap
        let waived = group.videos.count(where: \.isWaived)
        return [
            "\(keys.hint(.retry)) run the \(counted(group.courses.count, "course")) again"
                + (waived > 0 && group.mayStayBehind ? " and let \(counted(waived, "waiver")) count" : again(group))
        ]
            + (group.mayStayBehind
                ? [
                    "\(keys.hint(.waive)) let \(counted(group.videos.count, "whole video")) stay behind",
                    "\(keys.hint(.open)) look at the first video, where a single transcript can be waived",
                ] : ["\(keys.hint(.open)) look at the first video"])
            + (waived > 0 ? ["\(keys.hint(.withdraw)) take the waivers of \(counted(waived, "video")) back"] : [])
    }

    /// The same about courses: there is no video to waive.
    private func courseHints(_ group: TroubleGroup) -> [String] {
        let keys = model.keymap
        let courses = counted(group.count, "course")
        return [
            group.cause.isHeldBack
                ? "\(keys.hint(.hold)) release the \(courses)"
                : "\(keys.hint(.retry)) run the \(courses) again\(again(group))"
        ]
    }

    private func again(_ group: TroubleGroup) -> String {
        group.failure == nil || group.mayPass ? "" : " (this class does not pass by itself)"
    }

    mutating func waive(_ waiving: Waiving) {
        let width = min(grid.size.width - 4, 84)
        var text = wrapped("\(names(waiving)) will stay behind: \(waiving.cause)", width: width)
            .map { DialogLine($0) }
        if waiving.language == nil {
            let them = waiving.videos.count == 1 ? "it" : "them"
            text.append(DialogLine("Transcripts of \(them) that are good stay behind too.", .stateAttention))
        }
        if waiving.replaced > 0 {
            let words =
                "\(counted(waiving.replaced, waiving.language == nil ? "video" : "transcript")) may stay behind already: that reason is replaced by this one"
            text += wrapped(words, width: width).map { DialogLine($0, .stateAttention) }
        }
        let keys = model.keymap
        let undo =
            "It takes effect when \(waiving.videos.count == 1 ? "the course is" : "the courses are") run next. \(keys.hint(.withdraw)) takes it back, in triage and where the "
            + "video is looked at."
        text += wrapped(undo, width: width).map { DialogLine($0, .textDim) }
        text.append(DialogLine(""))
        text.append(DialogLine("reason, signed \(model.place.operator): \(waiving.reason.text)_", .textStrong))
        let other = waiving.only.map { only in
            waiving.language == nil ? ", Tab: only \(only)" : ", Tab: the whole video"
        }
        let enter = waiving.videos.count > 1 ? "Enter asks once more" : "Enter waives"
        text.append(next(after: waiving.reason, enter: enter, besides: other ?? ""))
        let inside = dialog("Waive", Size(width, text.count))
        lines(text, in: inside)
    }

    private func names(_ waiving: Waiving) -> String {
        let transcript = waiving.language.map { "the transcript \($0) of " } ?? ""
        let first = "\(transcript)\"\(waiving.name)\" of \(waiving.videos[0].course)"
        return waiving.videos.count == 1 ? first : "\(counted(waiving.videos.count, "video")), \(first) and others,"
    }
}

extension String {
    fileprivate func leftPadded(to width: Int) -> String {
        String(repeating: " ", count: Swift.max(0, width - count)) + self
    }
}
