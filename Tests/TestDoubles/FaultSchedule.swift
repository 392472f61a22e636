// SPDX-License-Identifier: Apache-2.0
import MigrationModel
import Synchronization

/// What can go wrong with one effect.
package enum FaultKind: String, Sendable, Hashable, CaseIterable {
    /// The process dies before the effect, or just after it.
    case crashBefore, crashAfter
    /// The effect does not happen and the caller is told so.
    case errorBefore
    /// The effect happens and the reply is lost.
    case replyLost
    /// The deadline passes; a write arrives later, after some part of the time in which it may.
    case late
    case throttled, serverError
    /// Somebody else was faster for a moment; nothing landed.
    case contention
    /// A stranger's object stands at the key.
    case alreadyExists
    /// Bytes change on the way.
    case wrongBytes
    /// Bytes go missing on the way.
    case truncated
}

/// The process is dead: nothing it does has any effect.
package struct Crash: Error, Sendable {}

/// Decides for each effect of a simulated life whether it goes well. Effects are numbered from 0, over all lives.
package final class FaultSchedule: Sendable {
    private struct State {
        var effects = 0
        var isDead = false
        var late: [LateWrite] = []
        /// How many of them are arriving just now.
        var arriving = 0
        /// Seconds that have passed in all lives.
        var elapsed = 0.0
        var breaches: [String] = []
        /// How often each kind of write was asked for.
        var writes: [String: Int] = [:]
        var fired: Set<Int> = []
    }

    /// A write that was given up as lost.
    private struct LateWrite: Sendable {
        let isCommit: Bool
        /// When it arrives, on the schedule's clock.
        let due: Double
        let arrive: @Sendable () async -> Void
    }

    private let plan: @Sendable (_ effect: Int, _ what: String) -> FaultKind?
    /// Called before each effect; a random editor works from here.
    private let beforeEffect: @Sendable (Int) -> Void
    private let state = Mutex(State())

    /// Faults by the number of the effect that they hit.
    package init(_ faults: [Int: FaultKind] = [:], beforeEffect: @escaping @Sendable (Int) -> Void = { _ in }) {
        plan = { effect, _ in faults[effect] }
        self.beforeEffect = beforeEffect
    }

    /// Faults by rule: from the effect's number and its name, such as `put`.
    package init(plan: @escaping @Sendable (_ effect: Int, _ what: String) -> FaultKind?) {
        self.plan = plan
        beforeEffect = { _ in }
    }

    /// How often each kind of write was asked for.
    package var writes: [String: Int] { state.withLock { $0.writes } }

    /// How many effects there have been.
    package var effects: Int { state.withLock { $0.effects } }
    package var isDead: Bool { state.withLock { $0.isDead } }
    /// Laws that were seen broken while it happened.
    package var breaches: [String] { state.withLock { $0.breaches } }
    /// How many of the planned faults have happened.
    package var firedCount: Int { state.withLock { $0.fired.count } }

    /// A new process begins.
    package func revive() { state.withLock { $0.isDead = false } }

    /// The process dies between two effects.
    package func kill() { state.withLock { $0.isDead = true } }

    package func breach(_ text: String) { state.withLock { $0.breaches.append(text) } }

    /// Time passes, and writes that were given up as lost arrive in it, whichever task takes them on: no clock is moved past
    /// one that is still on its way, or is given up in this very moment.
    ///
    /// - Parameter advance: moves the clock by these seconds.
    package func pass(_ seconds: Double, _ advance: () -> Void) async {
        while true {
            let end = state.withLock { $0.elapsed } + seconds
            await deliver { $0.due <= end }
            let hasPassed = state.withLock { state in
                let now = state.elapsed + seconds
                guard state.arriving == 0, !state.late.contains(where: { $0.due <= now }) else { return false }
                state.elapsed = now
                advance()
                return true
            }
            if hasPassed { return }
            await Task.yield()
        }
    }

    /// All writes that were given up as lost arrive now.
    package func deliverLateWrites() async { await deliver { _ in true } }

    /// Commits that were given up as lost happen now.
    func settleCommits() async { await deliver(where: \.isCommit) }

    private func deliver(where isDue: @Sendable (LateWrite) -> Bool) async {
        let due = state.withLock { state in
            let due = state.late.filter(isDue)
            state.late.removeAll(where: isDue)
            state.arriving += due.count
            return due
        }
        for late in due {
            await late.arrive()
            state.withLock { $0.arriving -= 1 }
        }
    }

    /// Numbers an effect and says which fault it gets.
    ///
    /// - Throws: ``Crash`` when the process is dead, or dies before this effect.
    func next(_ what: String) throws -> FaultKind? {
        let (number, fault) = try state.withLock { state in
            if state.isDead { throw Crash() }
            let number = state.effects
            state.effects += 1
            guard let fault = plan(number, what) else { return (number, FaultKind?.none) }
            state.fired.insert(number)
            if fault == .crashBefore {
                state.isDead = true
                throw Crash()
            }
            return (number, fault)
        }
        beforeEffect(number)
        return fault
    }

    /// A read, or any effect for which a lost reply is only an error.
    func read<Value: Sendable>(_ what: String, _ body: () async throws -> Value) async throws -> Value {
        let fault = try next(what)
        switch fault {
        case .errorBefore, .late, .serverError, .contention: throw Self.failure(.transient, what)
        case .throttled: throw Self.failure(.throttled, what)
        default: break
        }
        let value = try await body()
        try finish(fault, what, lost: .transient)
        return value
    }

    /// A write. `late` is what arrives after the deadline, at any time `within` so many seconds.
    func write<Value: Sendable>(
        _ what: String, isCommit: Bool = false, within delay: Double, late: @escaping @Sendable () async -> Void,
        _ body: (FaultKind?) async throws -> Value
    ) async throws -> Value {
        let fault = try next(what)
        state.withLock { $0.writes[what, default: 0] += 1 }
        switch fault {
        case .errorBefore, .serverError, .contention, .truncated: throw Self.failure(.transient, what)
        case .throttled: throw Self.failure(.throttled, what)
        case .wrongBytes: throw Self.failure(.integrity, what)
        case .late:
            state.withLock { state in
                // The same part of it in each simulation of the same plan, and never all of it.
                let due = state.elapsed + delay * Double(state.effects * 37 % 100) / 100
                state.late.append(LateWrite(isCommit: isCommit, due: due, arrive: late))
            }
            throw Self.failure(.ambiguous, what)
        default: break
        }
        let value = try await body(fault)
        try finish(fault, what, lost: .ambiguous)
        return value
    }

    private func finish(_ fault: FaultKind?, _ what: String, lost: Failure.Class) throws {
        if fault == .crashAfter {
            kill()
            throw Crash()
        }
        // The process may have died by another of its effects while this one was on its way.
        if isDead { throw Crash() }
        if fault == .replyLost { throw Self.failure(lost, what) }
    }

    static func failure(_ class: Failure.Class, _ what: String) -> Failure {
        Failure(`class`, what, at: "the simulated store", cause: "a planned fault", advice: "none")
    }
}
