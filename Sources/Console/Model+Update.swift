// SPDX-License-Identifier: Apache-2.0
import Canvas
import Foundation
import Ledger
import MigrationModel
import Themes

extension Model {
    /// Takes in what happened.
    ///
    /// - Returns: what is to be done about it, in order.
    @discardableResult
    package mutating func update(_ event: Event) -> [Effect] {
        switch event {
        case .terminal(.key(let key)): return press(key)
        case .terminal(.paste(let text)): paste(text)
        case .terminal(.click(let point)): click(point)
        case .terminal(.wheel(let rows, _)): if layers.isEmpty { return scroll(rows) }
        case .terminal(.resized(let size)): resize(size)
        case .terminal(.closed): return [.detach]
        case .view(let view): return take(view)
        case .unreadable(let failure, let date): (blindness, now) = (failure, date)
        case .tick(let date): now = date
        case .done(let notice):
            notices.append(notice)
            // What could not be written is asked of nobody.
            if notice.kind == .refused { (askedConcurrency, askedPause) = (nil, nil) }
            return notice.kind == .refused ? [.bell] : []
        case .ended(let end): return take(end)
        case .inspected(let look, let inspection): take(inspection, of: look)
        case .proven(let look, let preflight): take(preflight, of: look)
        }
        return []
    }

    private mutating func resize(_ size: Size) {
        self.size = size
        for index in layers.indices {
            guard case .confirmation(var confirmation) = layers[index] else { continue }
            confirmation.forgetWhatWasSeen()
            layers[index] = .confirmation(confirmation)
        }
    }

    // MARK: - The ledger

    private mutating func take(_ view: LedgerView) -> [Effect] {
        let isOpen = view.run.map { $0.ended == nil } ?? false
        let lost = self.view?.heartbeatAge != nil && view.heartbeatAge == nil && isOpen
        let earlier = self.view
        // A short run may have begun and ended between two looks.
        let isNews = earlier.map { $0.run?.id != view.run?.id || $0.run?.ended == nil } ?? false
        let ended = isNews && view.run?.ended != nil
        self.view = view
        now = view.at
        blindness = nil
        trend.add(view)
        // A course that the filter hides, or that is gone, is under no cursor.
        if view.selected?.id != earlier?.selected?.id { video = ListCursor() }
        course.id = view.selected?.id
        course.settle(in: view.order, shownFrom: view.firstCourse)
        video.settle(in: view.videoOrder, shownFrom: view.firstVideo)
        if eventShift > 0 {
            eventShift = 0
            pinnedEvent = view.events.last?.seq ?? pinnedEvent
        }
        var effects: [Effect] = []
        if let asked = question {
            question = nil
            effects = ask(asked, about: view.chosen)
        }
        if askedConcurrency == openRun?.concurrency || !hasEngine { askedConcurrency = nil }
        if let earlier, earlier.heartbeatAge == nil, hasEngine, let run = openRun {
            tell(.information, "the engine runs: run \(run.id)")
        }
        if let launchedAfter, (view.run?.id ?? 0) > launchedAfter { self.launchedAfter = nil }
        if lost {
            let next = "nothing is lost; \(keymap.hint(.run)) starts it again where it was"
            if let stopped {
                tell(.done, "\(stopped) has stopped the engine: \(next)")
            } else {
                tell(.refused, "the engine is gone: \(next)")
            }
        }
        // What was answered before this console came is no news.
        let known = Set((earlier ?? view).commands.filter { $0.answered != nil }.map(\.id))
        for command in view.commands.reversed() where command.answered != nil && !known.contains(command.id) {
            let what = command.asked.map { "\($0)" } ?? "a command"
            if let refusal = command.refusal {
                (askedConcurrency, askedPause) = (nil, nil)
                tell(.refused, "\(command.actor): \(what) was refused: \(refusal)")
            } else {
                tell(.done, "\(command.actor): \(what) is in force")
            }
        }
        let pauses = view.commands.filter { $0.asked == .pause || $0.asked == .resume }
        let isAnswered = pauses.allSatisfy { $0.answered != nil } && pauses.contains { !known.contains($0.id) }
        if isAnswered || !hasEngine { askedPause = nil }
        // Last, since it is what holds now.
        if ended, let run = view.run {
            let next =
                needs > 0 ? ": \(keymap.hint(nextStep)) \(nextStep == .run ? "goes on" : "shows what needs you")" : ""
            tell(run.isWell ? .done : .refused, "run \(run.id) ended: \(run.outcome)\(next)")
        }
        return effects
    }

    private mutating func take(_ end: EngineEnd) -> [Effect] {
        let before = startedAfter
        (launchedAfter, startedAfter) = (nil, nil)
        if !end.wasStarted {
            tell(.refused, "\(end.launch.arguments[0]) was not started: \(end.words)")
            return [.bell]
        }
        switch (end.launch.work, end.status) {
        case (.list, 0): tell(.done, "the source's courses are listed")
        // Its last line is what it counts for.
        case (.courses, 0) where place.kind == .rehearsal: tell(.done, end.words)
        case (_, 0), (_, 3), (_, 130): break
        case (.courses, RunExit.ledgerBusy.rawValue):
            tell(.refused, "your run did not begin: another engine has the ledger, and goes on")
            return [.bell]
        // It came to its end, and that has been told.
        case (.courses, .some) where view?.run?.ended != nil && (view?.run?.id ?? 0) > (before ?? .max): break
        case (_, let status):
            // The last line of one that was killed is about something else.
            let how = status.map { " (exit code \($0)): \(end.words.isEmpty ? "it said nothing" : end.words)" }
            tell(.refused, "\(end.launch.arguments[0]) ended\(how ?? ": it was killed")")
            return [.bell]
        }
        return []
    }

    // MARK: - The overview

    mutating func press(_ key: Key) -> [Effect] {
        if let layer { return press(key, on: layer) }
        guard let action = keymap.action(of: key) else { return [] }
        return perform(action)
    }

    /// Does what an action says, with nothing over the overview.
    mutating func perform(_ action: Action) -> [Effect] {
        switch action {
        case .up: return scroll(-1)
        case .down: return scroll(1)
        case .pageUp: return scroll(-page)
        case .pageDown: return scroll(page)
        case .top: return scroll(-1_000_000_000)
        case .bottom:
            if pane == .log { pinnedEvent = nil }
            return scroll(1_000_000_000)
        case .nextPane: pane = Pane(rawValue: pane.rawValue % 4 + 1) ?? .courses
        case .previousPane: pane = Pane(rawValue: (pane.rawValue + 2) % 4 + 1) ?? .courses
        case .courses: pane = .courses
        case .videos: pane = .videos
        case .validation: pane = .validation
        case .log: pane = .log
        case .open: return open()
        case .back: back()
        case .zoom: isZoomed.toggle()
        case .sort:
            sort = sort.next
            tell(.information, "the courses are shown \(sort.rawValue)")
        case .mark: toggleMark()
        case .markAll: marks.formUnion(view?.order ?? [])
        case .unmark: marks = []
        case .filter: layers.append(.filter(pane == .log ? .log : .courses))
        case .exportLog: return [.exportLog(logFilter)]
        case .palette: layers.append(.palette(Palette()))
        case .help: layers.append(.help(first: 0))
        case .notices: layers.append(.notices(first: 0))
        case .theme:
            let place = themes.firstIndex { $0.name == theme.name } ?? 0
            layers.append(.themes(cursor: place, before: theme.name))
        case .freeze:
            isFrozen.toggle()
            tell(.information, isFrozen ? "the courses keep their order" : "what needs you rises again")
        case .follow:
            pinnedEvent = pinnedEvent == nil ? view?.events.last?.seq ?? view?.lastEvent : nil
        case .mouse:
            takesMouse.toggle()
            tell(.information, takesMouse ? "the mouse is taken" : "the mouse selects text again")
            return [.mouse(takesMouse)]
        case .copy: return copy()
        case .redraw: return [.redraw]
        case .suspend: return [.suspend]
        case .detach: return [.detach]
        case .triage: layers.append(.triage(cursor: nil))
        case .run, .retry, .list, .pause, .more, .fewer, .hold, .waive, .withdraw, .drain, .stop: return command(action)
        }
        return []
    }

    var page: Int {
        let layout = layout
        return max(
            1, (pane == .courses ? layout.courseRows : pane == .videos ? layout.videoRows : layout.eventRows) - 1)
    }

    /// Moves the cursor of the pane that has it.
    private mutating func scroll(_ rows: Int) -> [Effect] {
        switch pane {
        case .courses, .validation:
            let before = course.id
            course.move(by: rows, in: view?.order ?? [], height: layout.courseRows)
            if course.id != before { video = ListCursor() }
        case .videos: video.move(by: rows, in: view?.videoOrder ?? [], height: layout.videoRows)
        case .log: moveLog(rows)
        }
        return []
    }

    /// The log is pinned to a line, not to a distance from its end.
    private mutating func moveLog(_ rows: Int) {
        guard let events = view?.events, let newest = events.last else { return }
        if rows < 0 {
            let place = max(0, events.count - 1 + max(rows, -events.count))
            pinnedEvent = events.indices.contains(place) ? min(newest.seq, events[place].seq) : newest.seq
        } else if pinnedEvent != nil {
            eventShift = min(rows, 10_000)
        }
    }

    private mutating func open() -> [Effect] {
        switch pane {
        case .courses, .validation: pane = .videos
        case .videos:
            guard let course = selected, let video = selectedVideo else { return [] }
            return open(
                VideoReference(course: CourseKey(unchecked: course.key), block: UsageKey(unchecked: video.block)))
        case .log: pinnedEvent = nil
        }
        return []
    }

    /// One level: the filter of the log, the zoom, the pane, the filter of the courses.
    private mutating func back() {
        if pane == .log, !logFilter.isEmpty {
            logFilter = ""
        } else if isZoomed {
            isZoomed = false
        } else if pane != .courses {
            pane = .courses
        } else {
            filter = ""
        }
    }

    private mutating func toggleMark() {
        guard pane == .courses, let id = course.id else { return }
        if marks.remove(id) == nil { marks.insert(id) }
    }

    private mutating func copy() -> [Effect] {
        guard let text = pane == .videos ? selectedVideo?.block : selected?.key else { return [] }
        tell(.information, "copied \(text)")
        return [.copy(text)]
    }

    private mutating func click(_ point: Point) {
        guard layers.isEmpty, let view else { return }
        let layout = layout
        if layout.courses.contains(point) {
            pane = .courses
            let rows = layout.inside(layout.courses).split(top: layout.courseHeadings).rest
            let row = view.firstCourse + point.y - rows.y
            if rows.contains(point), view.order.indices.contains(row) {
                course = ListCursor(view.order[row], rowsAbove: point.y - rows.y)
            }
        } else if layout.videos.contains(point) {
            pane = .videos
            let rows = layout.inside(layout.videos)
            let row = view.firstVideo + point.y - rows.y
            if rows.contains(point), view.videoOrder.indices.contains(row) {
                video = ListCursor(view.videoOrder[row], rowsAbove: point.y - rows.y)
            }
        } else if layout.validation.contains(point) {
            pane = .validation
        } else if layout.log.contains(point) {
            pane = .log
        }
    }

    /// Text is text: it goes into the line that is being written, and is no key anywhere.
    private mutating func paste(_ text: String) {
        let text = CellText(text).text
        switch layers.popLast() {
        case .filter(let list):
            self[filterOf: list] += text
            layers.append(.filter(list))
        case .palette(var palette):
            palette.text += text
            layers.append(.palette(palette))
        case .waive(var waiving):
            waiving.reason.paste(text)
            layers.append(.waive(waiving))
        case .unrehearsed(var unrehearsed):
            unrehearsed.reason.paste(text)
            layers.append(.unrehearsed(unrehearsed))
        case .confirmation(var confirmation):
            let words = "a paste is no answer: what confirms is typed"
            confirmation.remark = words
            layers.append(.confirmation(confirmation))
            tell(.refused, words)
        case let other?: layers.append(other)
        case nil: break
        }
    }
}
