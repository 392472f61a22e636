// SPDX-License-Identifier: Apache-2.0
import Canvas
import Foundation
package import Ledger
import MigrationModel

/// One console from its first frame to its last: takes in what happens, does what the model wants done, shows the rest.
///
/// It reads the ledger and writes commands into it, and touches nothing else.
package actor ConsoleSession {
    private enum Input: Sendable {
        case event(Event)
        /// Time to look whether the ledger has changed.
        case pulse
    }

    /// Eight frames a second for what happens by itself.
    private static let busyPause = Duration.milliseconds(125)
    /// Without an engine nothing happens by itself.
    private static let idlePause = Duration.seconds(1)
    /// However long a reading took once: the screen must look frozen when it is.
    private static let longestPause = Duration.seconds(5)
    /// Of a core, for reading a large ledger again and again: one part in this many.
    private static let share = 40

    private var model: Model
    private let display: any Display
    private let ledger: Ledger
    private let watch: LedgerWatch
    private let starter: any EngineStarter
    private let onlooker: any Onlooker
    private let preferences: any Preferences
    private let inputs = Inbox<Input>()

    private var shown: Grid?
    private var loaded: ViewRequest?
    private var version: Int?
    private var isOver = false
    /// One look is enough, however many are due.
    private var isPulseWaiting = false
    private let start = ContinuousClock.now
    /// Since the start.
    private var loadedAt = Duration.zero
    /// What the last reading of the ledger took.
    private var cost = Duration.zero

    package init(
        model: Model, display: any Display, ledger: Ledger, watch: LedgerWatch, starter: any EngineStarter,
        onlooker: any Onlooker, preferences: any Preferences
    ) {
        self.model = model
        self.display = display
        self.ledger = ledger
        self.watch = watch
        self.starter = starter
        self.onlooker = onlooker
        self.preferences = preferences
    }

    /// Runs until the operator leaves or the terminal is gone. Call once.
    ///
    /// - Returns: what to say when the screen is given back: what goes on, and how to come back to it.
    package func run() async -> String {
        // At once, whatever the ledger's size; what it says follows.
        await show()
        await load()
        await show()
        let keys = Task { [inputs, display] in
            for await event in display.events { inputs.add(.event(.terminal(event))) }
            inputs.add(.event(.terminal(.closed)))
        }
        let pulse = Task {
            // Ends with the session.
            while !Task.isCancelled {
                do { try await Task.sleep(for: self.pause) } catch { return }
                if !self.isPulseWaiting {
                    self.isPulseWaiting = true
                    inputs.add(.pulse)
                }
            }
        }
        while !isOver {
            let news = await inputs.next()
            if news.isEmpty { break }
            for input in news {
                switch input {
                case .event(let event): await take(event)
                case .pulse:
                    isPulseWaiting = false
                    await look()
                }
                if isOver { break }
                // The next key may be about what this one asked to see.
                if model.request != loaded { await load() }
            }
            await show()
        }
        keys.cancel()
        pulse.cancel()
        // It has the ledger, which is to be closed with the session.
        await pulse.value
        return farewell
    }

    private var pause: Duration {
        let least = model.hasEngine || model.launchedAfter != nil ? Self.busyPause : Self.idlePause
        return max(least, min(cost * Self.share, Self.longestPause))
    }

    // MARK: - In

    private func take(_ event: Event) async {
        // What a program left is read before its end is told.
        if case .ended = event { await load() }
        for effect in model.update(event) { await carryOut(effect) }
    }

    /// Reads the ledger again when somebody has written to it.
    private func look() async {
        do {
            let now = try await watch.version()
            // A dead engine writes nothing: whether it lives has to be looked for.
            let isOld = model.view?.heartbeatAge != nil && start.duration(to: .now) - loadedAt > .seconds(1)
            if now != version || model.blindness != nil || isOld {
                version = now
                await load()
            } else {
                await take(.tick(ledger.now()))
            }
        } catch {
            await take(.unreadable(Failure(error, "reading the ledger", at: ledger.path), at: ledger.now()))
        }
    }

    private func load() async {
        let request = model.request
        let began = ContinuousClock.now
        do {
            let view = try await watch.view(request, keeping: model.view?.order ?? [])
            loaded = request
            await take(.view(view))
        } catch {
            loaded = request
            await take(.unreadable(Failure(error, "reading the ledger", at: ledger.path), at: ledger.now()))
        }
        cost = ContinuousClock.now - began
        loadedAt = start.duration(to: .now)
    }

    // MARK: - Out

    private func show() async {
        let grid = Screen.render(model)
        guard grid != shown else { return }
        shown = grid
        await display.show(grid)
    }

    private func carryOut(_ effect: Effect) async {
        let actor = model.place.operator
        switch effect {
        case .launch(let request):
            do {
                // An engine would make a new ledger where the one that is open has gone from.
                try watch.refuseLoss()
                try starter.start(request) { [inputs] end in inputs.add(.event(.ended(end))) }
            } catch {
                let words = Failure(error, "starting a program", at: ledger.path).brief
                await take(.ended(EngineEnd(launch: request, status: nil, words: words, wasStarted: false)))
            }
        case .submit(let command):
            await write { try await $0.submit(command, by: actor, basedOn: self.model.view?.lastEvent ?? 0) }
        case .hold(let courses, let isHeld):
            await write("\(counted(courses.count, "course")) \(isHeld ? "held" : "released")") { ledger in
                try await ledger.hold(courses, isHeld, by: actor)
            }
        case .waive(let waivers):
            let videos = waivers.allSatisfy { $0.language == nil }
            let what = counted(waivers.count, videos ? "video" : "transcript")
            await write("\(what) waived; run the course again to let it take effect") { try await $0.waive(waivers) }
        case .withdraw(let waivers):
            await write("\(counted(waivers.count, "waiver")) taken back; run the course again to let it count") {
                try await $0.withdraw(waivers, by: actor)
            }
        case .inspect(let request, let look):
            lookAround {
                .inspected(look, .seen(try await $0.inspect(request), at: $1()))
            } otherwise: {
                .inspected(look, .failed($0))
            }
        case .prove(let look, let request):
            lookAround {
                .proven(look, .proven(try await $0.prove(request), at: $1()))
            } otherwise: {
                .proven(look, .failed($0))
            }
        case .exportLog(let filter): export(filter)
        case .copy(let text): await display.copy(text)
        case .redraw:
            shown = nil
            await display.redraw()
        case .suspend:
            await display.suspend()
            shown = nil
            await load()
        case .mouse(let isTaken): await display.setMouse(isTaken)
        case .keepTheme(let name): preferences.keepTheme(name)
        case .bell: await display.bell()
        case .detach: isOver = true
        }
    }

    /// Has somebody look into the stores; what is seen comes as an event, and nobody waits for it.
    private func lookAround(
        _ look: @escaping @Sendable (any Onlooker, @Sendable () -> Date) async throws -> Event,
        otherwise: @escaping @Sendable (String) -> Event
    ) {
        let (onlooker, inputs, now, place) = (onlooker, inputs, ledger.now, ledger.path)
        // Bounded by the onlooker.
        Task {
            do {
                inputs.add(.event(try await look(onlooker, now)))
            } catch {
                inputs.add(.event(otherwise(Failure(error, "looking into the stores", at: place).brief)))
            }
        }
    }

    /// Writes the log into a file and says where it is; nobody waits for it.
    private func export(_ filter: String) {
        let (ledger, inputs, preferences, zone) = (ledger, inputs, preferences, model.timeZone)
        // Ends with the log.
        Task {
            let notice: Notice
            do {
                var (lines, last): ([String], Int64) = ([], 0)
                while let page = try await ledger.log(filter, after: last), let newest = page.last {
                    last = newest.seq
                    lines += page.compactMap { event in
                        // Names come from authors: a line stays a line, and nothing in it acts on a terminal.
                        EventSentence(event).map { "\(Figures.stamp(event.at, zone)) \(CellText($0.text).text)" }
                    }
                }
                if lines.isEmpty {
                    notice = Notice(.refused, "no line of the log has \"\(filter)\" in it", at: ledger.now())
                } else {
                    let path = try preferences.keepLog(lines.joined(separator: "\n") + "\n")
                    notice = Notice(.done, "\(counted(lines.count, "line")) written to \(path)", at: ledger.now())
                }
            } catch {
                notice = Notice(.refused, Failure(error, "writing the log", at: ledger.path).brief, at: ledger.now())
            }
            inputs.add(.event(.done(notice)))
        }
    }

    /// Writes something into the ledger and says what became of it.
    private func write(_ done: String? = nil, _ body: (Ledger) async throws -> Void) async {
        do {
            try watch.refuseLoss()
            try await body(ledger)
            if let done { await take(.done(Notice(.done, done, at: ledger.now()))) }
        } catch {
            let failure = Failure(error, "writing into the ledger", at: ledger.path)
            await take(.done(Notice(.refused, failure.brief, at: ledger.now())))
        }
        version = nil
    }

    private var farewell: String {
        guard model.hasEngine, let run = model.openRun else {
            return "mallow: no engine runs; \(model.place.status) tells how far everything is"
        }
        return "mallow: run \(run.id) goes on (engine \(run.pid)); \(model.place.comingBack) comes back to it"
    }
}
