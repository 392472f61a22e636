// SPDX-License-Identifier: Apache-2.0
package import Canvas
package import Foundation
package import Ledger
package import MigrationModel
package import Themes

/// All that a console knows. A frame is a pure function of it, and so is what a key does.
package struct Model: Sendable {
    /// The parts of the overview.
    package enum Pane: Int, Sendable, Hashable, CaseIterable {
        case courses = 1, videos, validation, log
    }

    package var size: Size
    package let capabilities: Capabilities
    package let place: Place
    package let keymap: Keymap
    package let themes: [Theme]
    package var theme: Theme
    package var now: Date
    package let timeZone: TimeZone

    /// What the ledger said last; nil before the first time.
    package var view: LedgerView?
    /// Why it could not be read just now.
    package var blindness: Failure?
    package var trend = Trend()

    package var pane = Pane.courses
    package var isZoomed = false
    /// The course under the cursor.
    package var course = ListCursor()
    package var marks: Set<Int64> = []
    package var filter = ""
    package var sort = CourseSort.worstFirst
    package var isFrozen = false
    /// The video under the cursor.
    package var video = ListCursor()
    package var logFilter = ""
    /// The event that the log is pinned to; nil when it follows.
    package var pinnedEvent: Int64?
    /// How many lines later than that the log is to be.
    package var eventShift = 0
    package var takesMouse = false
    /// What is to be asked as soon as the ledger has said what it concerns.
    package var question: Question?

    /// The last look into the stores that was asked for.
    var lastLook = LookID()
    /// How many videos at once this console asked for last; nil when that is in force.
    var askedConcurrency: Int?
    /// Whether it was asked to pause, until the engine says so itself.
    var askedPause: Bool?

    /// What lies over the overview, the topmost last.
    package var layers: [Layer] = []
    /// Newest last.
    package var notices: [Notice] = []
    /// The newest run when a program was started that has not shown itself in the ledger yet; nil when none was.
    package var launchedAfter: Int64?
    /// The newest run when a program was started that has not ended yet; nil when none was.
    var startedAfter: Int64?

    package init(
        size: Size, capabilities: Capabilities, place: Place, themes: [Theme], theme: Theme, keymap: Keymap = .standard,
        now: Date, timeZone: TimeZone = .current
    ) {
        self.size = size
        self.capabilities = capabilities
        self.place = place
        self.themes = themes
        self.theme = theme
        self.keymap = keymap
        self.now = now
        self.timeZone = timeZone
    }

    package var glyphs: Glyphs { Glyphs(capabilities.characters) }

    /// Whether an engine lives that runs courses.
    package var hasEngine: Bool { view?.heartbeatAge != nil && view?.engineKind == view?.run?.kind }

    /// Whether one lives that lists courses, or settles what is open.
    package var isListing: Bool { view?.heartbeatAge != nil && !hasEngine }

    /// The run that goes on, or should: nil when the last one has ended.
    package var openRun: RunRow? { view?.run.flatMap { $0.ended == nil ? $0 : nil } }

    /// A run without an end and without an engine: it died.
    package var lostEngine: RunRow? { view?.heartbeatAge != nil ? nil : openRun }

    /// For how many seconds nothing was heard of a living engine; nil for less than three. A frozen screen looks frozen,
    /// for it grows.
    package var silence: Int? {
        // Who cannot read the ledger hears nothing of anybody.
        guard let view, let age = view.heartbeatAge, blindness == nil else { return nil }
        let seconds = age + max(0, now.timeIntervalSince(view.at))
        return seconds < 3 ? nil : Int(seconds)
    }

    /// Whether a program was started that has not shown itself in the ledger yet.
    package var isStarting: Bool { launchedAfter != nil }

    /// Whether an operator has paused it; a run may wait for other things besides.
    package var isPaused: Bool { openRun != nil && view?.orders.isPaused == true }

    /// The same, or will have when the engine has read what was asked last.
    var isToBePaused: Bool { askedPause ?? isPaused }

    /// Whether no new video starts, whoever must act.
    package var isWaiting: Bool {
        let state = openRun.flatMap { RunState(rawValue: $0.state) }
        return state == .paused || state == .pausing || state == .waitingForWindow
    }

    /// When work has to be done; nil when nobody said, and while the window is shut.
    var deadline: Deadline? {
        if let deadline = place.deadline { return deadline }
        guard case .open(let shuts?)? = place.window?.standing(at: now) else { return nil }
        return Deadline(shuts: shuts)
    }

    /// When the window opens; nil while it is open, and where there is none.
    var opening: Date? {
        guard case .shut(let opens)? = place.window?.standing(at: now) else { return nil }
        return opens
    }

    /// Who ended the engine of the lost run; nil when it died by itself.
    package var stopped: String? { lostEngine == nil ? nil : view?.orders.stoppedBy }

    package var selected: CourseRow? { view?.selected }

    /// The video under the cursor.
    package var selectedVideo: VideoRow? {
        guard let videos = view?.videos else { return nil }
        return videos.first { $0.id == video.id } ?? (video.id == nil ? videos.first : nil)
    }

    package var layout: Layout { Layout(size, pane: pane, isZoomed: isZoomed) }

    /// The topmost thing over the overview.
    package var layer: Layer? { layers.last }

    package mutating func tell(_ kind: Notice.Kind, _ text: String) {
        notices.append(Notice(kind, text, at: now))
        if notices.count > 500 { notices.removeFirst() }
    }

    /// What is to be loaded for the next frame.
    package var request: ViewRequest {
        let layout = layout
        var request = ViewRequest()
        request.filter = filter
        request.sort = sort
        // Under an open dialog nothing moves.
        request.keepsOrder = (isFrozen || !layers.isEmpty) && view?.filter == filter && view?.sort == sort
        request.course = course.within(layout.courseRows)
        request.courseRows = layout.courseRows
        request.marks = marks
        request.video = video.within(layout.videoRows)
        request.videoRows = layout.videoRows
        request.eventFilter = logFilter
        request.newestEvent = pinnedEvent
        request.eventShift = eventShift
        request.eventRows = layout.eventRows
        request.choice = question?.choice
        for layer in layers {
            if case .triage = layer { request.wantsTroubles = true }
            if case .video(let detail) = layer { request.openVideo = detail.video }
        }
        return request
    }
}
