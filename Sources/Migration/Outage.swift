// SPDX-License-Identifier: Apache-2.0
import Foundation
import MigrationModel
import Synchronization

/// Tells a place that is out from one that fails now and then, and has the run wait until it answers again.
///
/// Calls that fail one after the other are a doubt: no video is let in, and the place is asked, once a second. When
/// nothing has gone through for five seconds it is out: the run is paused, with the reason, and the place is asked every
/// five seconds. Whatever call is answered first, of whomever, ends a doubt or an outage at once.
///
/// A catalog may make its callers wait long before that, most of all for a lock that somebody else holds: nothing has gone
/// wrong then, and the run only says that it waits.
final class Outage: Sendable {
    /// What can be out.
    enum Place: Sendable {
        case source, store, catalog

        var words: String {
            switch self {
            case .source: "the contentstore"
            case .store: "the object store"
            case .catalog: "the video catalog"
            }
        }

        /// Seconds without a word on calls that are under way. Longer than the patience: one large object on a slow line may
        /// take its time, a course may be large, and a row that somebody else has locked is waited for as long as a catalog's
        /// deadlines let.
        var silence: Double {
            switch self {
            case .store: 10
            case .source, .catalog: 60
            }
        }

        /// Seconds in which no call comes back, after which the run says that it waits; nil where it does not say so: one
        /// object may take its time, and so may a course.
        var hold: Double? {
            switch self {
            case .source, .store: nil
            case .catalog: 3
            }
        }

        var obstacle: Admission.Obstacle {
            switch self {
            case .source: .sourceOutage
            case .store: .storeOutage
            case .catalog: .catalogOutage
            }
        }
    }

    /// So many calls that failed in a row are a doubt, or as many as there are videos in flight.
    static let calls = 8
    /// Seconds in which nothing went through.
    static let patience = 5.0
    /// Seconds between questions, in doubt and while it is out.
    static let pause = (inDoubt: 1.0, whileOut: 5.0)

    private enum Standing { case well, doubted, out }

    private struct State {
        var standing = Standing.well
        /// Calls that failed since the last one that was answered, and since when that is so.
        var failures = 0
        var since = 0.0
        var lastWords = ""
        var lastAnswer = -Double.infinity
        /// Calls that are under way, and when the first of them began after none was.
        var underWay = 0
        var busySince = 0.0
        /// Since when no call has come back, where the run says so.
        var heldSince: Double?
        /// When a call last ended, however it did.
        var lastWord = -Double.infinity
        /// When the last outage ended.
        var ended = -Double.infinity
        var isGivenUp = false
        var waiting: [AsyncStream<Void>.Continuation] = []

        /// Lets everybody who waits look anew.
        mutating func wake() {
            for next in waiting { next.finish() }
            waiting = []
        }
    }

    let place: Place
    private let control: RunControl
    private let journal: Journal
    private let surroundings: Surroundings
    private let state = Mutex(State())
    private let (doubts, raised) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))

    init(of place: Place, control: RunControl, journal: Journal, surroundings: Surroundings) {
        (self.place, self.control, self.journal, self.surroundings) = (place, control, journal, surroundings)
    }

    // MARK: - What is heard

    /// Hears of one call.
    func hear(_ answer: CallAnswer) {
        state.withLock { state in
            state.lastWord = answer.ended
            guard answer.isSilence else { return end(&state, at: answer.ended) }
            if state.failures == 0 { state.since = max(state.lastAnswer, answer.began) }
            state.failures += 1
            state.lastWords = answer.failure?.cause ?? ""
            if state.failures >= min(Self.calls, control.admission.inFlight) { doubt(&state) }
        }
    }

    /// Hears that calls begin or are over.
    func count(_ change: Int) {
        state.withLock { state in
            if state.underWay == 0 { state.busySince = surroundings.uptime() }
            state.underWay += change
        }
    }

    /// Looks whether calls are under way of which nothing is heard: such a place says nothing that could be heard. To be
    /// called now and then.
    func look() {
        let isOut = state.withLock { state in
            lookForHold(&state)
            let since = max(state.busySince, state.lastWord)
            guard state.standing != .out, state.underWay > 0, surroundings.uptime() - since >= place.silence else {
                return false
            }
            (state.since, state.lastWords) = (since, "it does not answer")
            begin(&state)
            return true
        }
        if isOut { raised.yield() }
    }

    private func lookForHold(_ state: inout State) {
        let since = max(state.busySince, state.lastAnswer)
        guard let hold = place.hold, state.standing != .out, state.heldSince == nil, state.underWay > 0,
            surroundings.uptime() - since >= hold
        else { return }
        state.heldSince = since
        let reason =
            "waits for \(place.words): no call has come back since \(surroundings.clock(at: since)); somebody may hold a lock"
        control.remark(reason) { journal.note($0) }
        journal.note(.notice(course: nil, block: nil, text: "the run \(reason)"))
    }

    /// - Parameter moment: when a call was answered; nil when it is an outage by now, which tells of itself.
    private func endHold(_ state: inout State, at moment: Double?) {
        guard let since = state.heldSince else { return }
        state.heldSince = nil
        control.remark(nil) { journal.note($0) }
        guard let moment else { return }
        let text =
            "\(place.words) answers again: no call had come back for \(Int((moment - since).rounded())) s, since "
            + surroundings.clock(at: since)
        journal.note(.notice(course: nil, block: nil, text: text))
    }

    private func doubt(_ state: inout State) {
        guard state.standing == .well else { return }
        state.standing = .doubted
        // Or one video after the other would fail on it.
        control.admission.close(for: place.obstacle)
        raised.yield()
    }

    private func begin(_ state: inout State) {
        state.standing = .out
        endHold(&state, at: nil)
        let reason =
            "waits for \(place.words) and resumes by itself: nothing has gone through since \(surroundings.clock(at: state.since))"
            + " (\(state.lastWords))"
        control.pause(for: place.obstacle, reason: reason) { journal.note($0) }
        journal.note(.notice(course: nil, block: nil, text: "the run \(reason)"))
        state.wake()
    }

    private func end(_ state: inout State, at now: Double) {
        (state.failures, state.lastAnswer) = (0, max(state.lastAnswer, now))
        endHold(&state, at: now)
        switch state.standing {
        case .well: return
        case .doubted: control.admission.open(after: place.obstacle)
        case .out:
            state.ended = now
            control.resume(after: place.obstacle) { journal.note($0) }
            let text =
                "\(place.words) answers again: it was out from \(surroundings.clock(at: state.since)) to \(surroundings.clock(at: now))"
            journal.note(.notice(course: nil, block: nil, text: text))
        }
        state.standing = .well
        state.wake()
    }

    // MARK: - What is asked

    /// Looks into every doubt, until its task is cancelled.
    ///
    /// - Parameters:
    ///   - ask: asks the very place whose calls are heard, for next to nothing; the answers to these questions are, too.
    ///   - rest: seconds in which nobody may ask.
    func watch(asking ask: @Sendable () async throws -> Void, resting rest: () -> Double = { 0 }) async throws {
        for await _ in doubts {
            while !Task.isCancelled, state.withLock({ $0.standing != .well }) {
                try? await ask()  // what comes of it is heard like every other call
                guard let seconds = verdict() else { break }
                let pause = max(seconds * (1 + surroundings.jitter() / 5), rest())
                try await surroundings.sleep(.seconds(pause))
            }
        }
    }

    /// - Returns: the seconds until it is asked again; nil when it has answered.
    private func verdict() -> Double? {
        state.withLock { state in
            if state.standing == .well { return nil }
            if state.standing == .doubted {
                guard surroundings.uptime() - state.since >= Self.patience else { return Self.pause.inDoubt }
                begin(&state)
            }
            return Self.pause.whileOut
        }
    }

    // MARK: - Who waits

    /// Whether it is out now, as far as is known.
    var isOut: Bool { state.withLock { $0.standing == .out } }

    /// Whether it was out at any moment since then. Where that is in doubt, waits until it is known.
    func wasOut(since moment: Double) async -> Bool {
        state.withLock { if $0.failures > 0 { doubt(&$0) } }
        await wait(while: .doubted)
        return state.withLock { $0.standing == .out || $0.ended >= moment }
    }

    /// Waits until it answers again; no longer than until the run drains, or the task is cancelled.
    func passed() async { await wait(while: .out) }

    /// Nobody waits any more from now on.
    func giveUp() {
        state.withLock { state in
            state.isGivenUp = true
            state.wake()
        }
    }

    private func wait(while standing: Standing) async {
        func change() -> AsyncStream<Void>? {
            state.withLock { state in
                guard state.standing == standing, !state.isGivenUp, !Task.isCancelled else { return nil }
                let (change, continuation) = AsyncStream.makeStream(of: Void.self)
                state.waiting.append(continuation)
                return change
            }
        }
        while let change = change() { for await _ in change {} }
    }
}
