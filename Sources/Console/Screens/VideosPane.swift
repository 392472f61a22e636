// SPDX-License-Identifier: Apache-2.0
import Canvas
import Ledger
import MigrationModel
import Themes

extension Frame {
    mutating func videos(_ layout: Layout) {
        let pane = layout.videos
        guard !pane.isEmpty else { return }
        let isFocused = model.pane == .videos
        let course = model.selected
        var title = "2 Videos"
        if let course {
            title = "2 \(model.shortName(course)) · videos \(course.verified)/\(course.videos)"
        }
        let standing = model.hasEngine ? "in flight" : "left open"
        let right = course.map { $0.migrating > 0 ? "\($0.migrating) \(standing)" : "" } ?? ""
        if layout.kind == .small {
            heading(pane, title: title, right: right, isFocused: isFocused)
        } else {
            box(pane, title: title, right: right, isFocused: isFocused)
        }
        let inside = layout.inside(pane)
        let videos = model.view?.videos ?? []
        if videos.isEmpty, inside.height > 0, let course {
            let text = course.videos == 0 && course.state != CourseState.empty.rawValue ? "not listed yet" : "no video"
            draw(text, at: inside.x + 1, inside.y, .textDim, limit: inside.width - 2)
        }
        for (index, video) in videos.prefix(inside.height).enumerated() {
            row(video, inside.row(index), isUnderCursor: isFocused && video.id == model.selectedVideo?.id)
        }
    }

    private mutating func row(_ video: VideoRow, _ rect: Rect, isUnderCursor: Bool) {
        let plane: Role = isUnderCursor ? .surfaceSelected : .surface
        fill(rect, plane)
        let look = Look(video: video.state, glyphs, isInWork: model.hasEngine)
        let progress = VideoProgress(video)
        let (x, y) = (rect.x, rect.y)
        if isUnderCursor { draw(glyphs.cursor, at: x, y, .textStrong, on: plane) }
        draw(look.glyph, at: x + 1, y, look.role, on: plane)
        // Two fifths for the name, by which videos are told apart, then the bar and the counts, and the rest for the words.
        let barWidth = rect.width >= 48 ? 10 : 6
        let name = max(6, min(rect.width - barWidth - 17, rect.width * 2 / 5))
        draw(
            video.displayName.isEmpty ? UsageKey(unchecked: video.block).block : video.displayName, at: x + 3, y, .text,
            on: plane, limit: name - 4)
        var column = bar(
            progress.fraction, at: x + name, y, width: barWidth, look.role == .stateOK ? .barFill : look.role, on: plane
        )
        column = draw(" \(progress.done)/\(progress.of) ", at: column, y, .text, on: plane, limit: rect.right - column)
        draw(progress.step, at: column, y, look.role, on: plane, limit: rect.right - column)
    }
}

/// How far a video is, and the step it is in.
struct VideoProgress {
    let done: Int
    let of: Int
    let step: String

    var fraction: Double { of > 0 ? Double(done) / Double(of) : 0 }

    init(_ video: VideoRow) {
        switch VideoState(rawValue: video.state) {
        case .migrating where video.planned > 0:
            (done, of) = (video.stored, video.planned)
            step = video.stored < video.planned ? "storing" : "committing"
        case .migrating:
            (done, of, step) = (0, 0, "reading")
        case .verified, .waived:
            // What a catalog had besides is nothing to do.
            (done, of) = (min(video.store, video.contentstore), video.contentstore)
            step =
                video.waived > 0
                ? "\(video.state), \(counted(video.waived, "transcript")) left behind"
                : video.contentstore == 0 && video.store == 0 ? "\(video.state), nothing to move" : video.state
        case .failed, .rolledBack:
            (done, of) = (min(video.store, video.contentstore), video.contentstore)
            step = "\(video.state): \(video.why?.cause ?? "")"
        case .pending, nil: (done, of, step) = (0, 0, video.state)
        }
    }
}
