// SPDX-License-Identifier: Apache-2.0
import Canvas
import Ledger
import MigrationModel
import Themes

extension Model {
    /// A key while something lies over the overview. Editing keys edit, Escape backs out one level, and neither acts.
    mutating func press(_ key: Key, on layer: Layer) -> [Effect] {
        if key == .control("l") { return [.redraw] + lookAgain() }
        if key == .control("z") { return [.suspend] }
        if key == .escape { return backOut(of: layer) }
        // In one line nothing can be read that could be answered.
        if Layout(size, pane: pane).kind == .line { return [] }
        layers.removeLast()
        switch layer {
        case .help(let first): layers.append(.help(first: scrolled(first, key, count: 1000)))
        case .notices(let first): layers.append(.notices(first: scrolled(first, key, count: notices.count)))
        case .video(let detail): return press(key, detail)
        case .compare(let comparing): return press(key, comparing)
        case .filter(let list): pressFilter(key, of: list)
        case .palette(let palette): return pressPalette(key, palette)
        case .themes(let cursor, let before): return pressThemes(key, cursor, before)
        case .confirmation(let confirmation): return press(key, confirmation)
        case .triage(let cursor): return pressTriage(key, cursor)
        case .waive(let waiving): return press(key, waiving)
        case .unrehearsed(let unrehearsed): return press(key, unrehearsed)
        }
        return []
    }

    /// To draw anew is to look anew, too; not while a look is on its way.
    private mutating func lookAgain() -> [Effect] {
        guard let top = layers.indices.last else { return [] }
        let look = newLook()
        switch layers[top] {
        case .video(var detail) where detail.inspection != .reading:
            (detail.inspection, detail.look) = (.reading, look)
            layers[top] = .video(detail)
            return [.inspect(InspectionRequest(video: detail.video), look)]
        case .compare(var comparing) where comparing.inspection != .reading:
            (comparing.look, comparing.inspection) = (look, .reading)
            layers[top] = .compare(comparing)
            return [.inspect(InspectionRequest(video: comparing.video, language: comparing.language), look)]
        case .confirmation(var confirmation) where confirmation.preflight != nil && confirmation.preflight != .proving:
            confirmation.isOnGo = false
            let effects = confirmation.prove(look)
            layers[top] = .confirmation(confirmation)
            return effects
        default: return []
        }
    }

    private mutating func backOut(of layer: Layer) -> [Effect] {
        layers.removeLast()
        switch layer {
        case .filter(let list): self[filterOf: list] = ""
        case .themes(_, let before): theme = themes.first { $0.name == before } ?? theme
        default: break
        }
        return []
    }

    func scrolled(_ first: Int, _ key: Key, count: Int) -> Int {
        let rows =
            switch keymap.action(of: key) {
            case .up: -1
            case .down: 1
            case .pageUp: -size.height / 2
            case .pageDown: size.height / 2
            case .top: -count
            default: 0
            }
        return max(0, min(first + rows, max(0, count - 1)))
    }

    /// The filter of the courses, or that of the log.
    subscript(filterOf list: Pane) -> String {
        get { list == .log ? logFilter : filter }
        set { if list == .log { logFilter = newValue } else { filter = newValue } }
    }

    private mutating func pressFilter(_ key: Key, of list: Pane) {
        switch key {
        case .enter: return
        case .character(let character): self[filterOf: list].append(character)
        case .backspace: if !self[filterOf: list].isEmpty { self[filterOf: list].removeLast() }
        case .control("u"): self[filterOf: list] = ""
        default: break
        }
        layers.append(.filter(list))
    }

    private mutating func pressPalette(_ key: Key, _ palette: Palette) -> [Effect] {
        var palette = palette
        switch key {
        case .enter:
            let matches = palette.matches
            guard matches.indices.contains(palette.cursor) else { break }
            return perform(matches[palette.cursor])
        case .up: palette.cursor = max(0, palette.cursor - 1)
        case .down: palette.cursor = min(palette.cursor + 1, max(0, palette.matches.count - 1))
        case .character(let character):
            palette.text.append(character)
            palette.cursor = 0
        case .backspace:
            if !palette.text.isEmpty { palette.text.removeLast() }
            palette.cursor = 0
        default: break
        }
        layers.append(.palette(palette))
        return []
    }

    private mutating func pressThemes(_ key: Key, _ cursor: Int, _ before: String) -> [Effect] {
        if key == .enter {
            tell(.information, "the theme is \(theme.name)")
            return [.keepTheme(theme.name)]
        }
        let place = max(0, min(scrolled(cursor, key, count: themes.count), themes.count - 1))
        if themes.indices.contains(place) { theme = themes[place] }
        layers.append(.themes(cursor: place, before: before))
        return []
    }

    private mutating func press(_ key: Key, _ confirmation: Confirmation) -> [Effect] {
        var confirmation = confirmation
        confirmation.remark = nil
        switch key {
        case .enter:
            if confirmation.preflight == .proving {
                // Whoever typed ahead did not mean to cancel.
                layers.append(.confirmation(confirmation))
                tell(.information, "what it needs is not proven yet: wait for it, or press Esc")
                return []
            }
            // Least harm is the default: Enter on Cancel is a cancel.
            if !confirmation.isOnGo {
                tell(.information, "cancelled: nothing was changed")
                return []
            }
            if confirmation.isStale(at: now) {
                let look = newLook()
                let effects = confirmation.prove(look)
                layers.append(.confirmation(confirmation))
                tell(.information, "what it needs was proven over a minute ago: it is proven anew, then Enter does it")
                return effects
            }
            if confirmation.isArmed(on: size) { return carryOut(confirmation) }
            if let typed = confirmation.typed, confirmation.takesText(on: size) {
                let text = confirmation.text
                let words = text.isEmpty ? "type \(typed) first" : "that is not \(typed): \(text)"
                tell(.refused, words)
                confirmation.remark = words
                confirmation.text = ""
            }
        case .up, .down, .pageUp, .pageDown:
            let rows = key == .up ? -1 : key == .down ? 1 : key == .pageUp ? -size.height / 2 : size.height / 2
            confirmation.scroll(by: rows, on: size)
        // Whoever has typed what confirms goes on to Go.
        case .tab where confirmation.typed != nil && confirmation.isReady: confirmation.isOnGo = true
        case .tab, .backTab, .left, .right: confirmation.isOnGo = !confirmation.isOnGo && confirmation.isOpen
        case .control("u"): confirmation.text = ""
        case .character("y") where confirmation.text.isEmpty && confirmation.commandLine != nil:
            confirmation.remark = "copied the command line"
            layers.append(.confirmation(confirmation))
            tell(.information, "copied the command line")
            return confirmation.commandLine.map { [.copy($0)] } ?? []
        case .character(let character) where confirmation.takesText(on: size):
            // To type is to mean it: the text goes where it counts.
            confirmation.isOnGo = true
            confirmation.text.append(character)
        case .backspace: if !confirmation.text.isEmpty { confirmation.text.removeLast() }
        default: break
        }
        layers.append(.confirmation(confirmation))
        return []
    }

    private mutating func carryOut(_ confirmation: Confirmation) -> [Effect] {
        if case .launch = confirmation.effect {
            launchedAfter = view?.run?.id ?? 0
            startedAfter = launchedAfter
            marks = []
        }
        return [confirmation.effect]
    }

    private mutating func pressTriage(_ key: Key, _ cursor: TroubleGroup.Cause?) -> [Effect] {
        let groups = troubleGroups
        let before = place(of: cursor, in: groups)
        let place = max(0, min(scrolled(before, key, count: groups.count), groups.count - 1))
        layers.append(.triage(cursor: groups.indices.contains(place) ? groups[place].cause : nil))
        guard groups.indices.contains(place) else { return [] }
        switch keymap.action(of: key) {
        case .retry, .run: question = .run(.named(groups[place].courses), without: nil)
        case .waive where groups[place].cause.isOfCourses:
            return refuse("there is no video to let stay behind: it is the course as a whole")
        case .waive:
            if let instead = groups[place].failure.flatMap({ insteadOfWaiver($0.class) }) { return refuse(instead) }
            layers.append(.waive(waiving(groups[place])))
        case .hold where groups[place].cause.isHeldBack: question = .hold(.named(groups[place].courses))
        case .withdraw:
            let waivers = waivers(of: groups[place])
            if waivers.isEmpty { return refuse("there is no waiver for these videos") }
            layers.append(.confirmation(confirmation(withdrawing: waivers)))
        case .open:
            guard let first = groups[place].references.first else {
                return refuse("there is no video to look at: it is the course as a whole")
            }
            return open(first)
        case .help: layers.append(.help(first: 0))
        default: break
        }
        return []
    }

    private mutating func press(_ key: Key, _ waiving: Waiving) -> [Effect] {
        var waiving = waiving
        switch key {
        case .enter:
            guard waiving.reason.isGiven else {
                waiving.reason.refuse()
                layers.append(.waive(waiving))
                return refuse(waiving.reason.shortage)
            }
            let waivers = waiving.videos.map {
                Waiver(
                    course: $0.course, block: $0.block, language: waiving.language, actor: place.operator,
                    reason: waiving.reason.kept)
            }
            if waiving.videos.count > 1 {
                layers.append(.confirmation(confirmation(waiving: waiving, as: waivers)))
                return []
            }
            return [.waive(waivers)]
        case .tab: waiving.language = waiving.language == nil ? waiving.only : nil
        default: waiving.reason.take(key)
        }
        layers.append(.waive(waiving))
        return []
    }

    /// It writes nothing: the question that it leads to is made from what the ledger says then.
    private mutating func press(_ key: Key, _ unrehearsed: Unrehearsed) -> [Effect] {
        var unrehearsed = unrehearsed
        guard key == .enter else {
            unrehearsed.reason.take(key)
            layers.append(.unrehearsed(unrehearsed))
            return []
        }
        guard unrehearsed.reason.isGiven else {
            unrehearsed.reason.refuse()
            layers.append(.unrehearsed(unrehearsed))
            return refuse(unrehearsed.reason.shortage)
        }
        question = .run(unrehearsed.choice, without: unrehearsed.reason)
        return []
    }
}
