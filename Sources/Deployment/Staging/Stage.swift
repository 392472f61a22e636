// SPDX-License-Identifier: Apache-2.0
import Foundation
import MigrationModel
import Synchronization

/// A staging while it is played: the decorators of a demo's three stores ask it how long a call takes and how it ends.
///
/// It delays calls, and fails them before or after they are done, as a network would. It never changes what goes in or
/// comes out, so no promise of a port is broken by it. A transcript's PUT, a video's commit and an asset's reading each
/// fail by plan the first time at most, or as often as an engine makes the call in one attempt: in one run each video is
/// stopped three times at the worst, and a course's three retries suffice.
package final class Stage: Sendable {
    private struct State {
        /// Planned faults that have not hit yet, in the order in which they may.
        var faults: [Staging.Fault]
        /// PUTs begun since the sandbox was made.
        var puts: Int
        /// What was put, committed or read by this engine.
        var seen: Set<Checksum> = []
        /// Faults that hit the same call again, and how often yet.
        var again: [Checksum: (fault: Staging.Fault, left: Int)] = [:]
    }

    /// How a call goes.
    private enum Fate {
        case well, killed, throttled
        case planned(Staging.Ending)
    }

    private let staging: Staging
    private let surroundings: StageSurroundings
    private let state: Mutex<State>

    package init(_ staging: Staging, surroundings: StageSurroundings) {
        self.staging = staging
        self.surroundings = surroundings
        let puts = surroundings.puts
        // What an earlier engine met is over.
        let faults = staging.faults.filter { $0.after >= puts }.sorted { $0.after < $1.after }
        state = Mutex(State(faults: faults, puts: puts))
    }

    /// Does a call after its delay, or fails it as planned.
    ///
    /// - Parameters:
    ///   - subject: what it is about: only the first call on a subject is failed. nil for calls that never are.
    ///   - place: where, for the operator.
    /// - Throws: what `body` throws; ``Failure`` for a planned fault.
    func call<Value>(
        _ call: Staging.Call, on subject: String? = nil, at place: String, _ body: () async throws -> Value
    ) async throws -> Value {
        let fate = try fate(of: call, on: subject)
        await delay(call)
        switch fate {
        case .throttled: throw Self.failure(.throttled, call, place, "503 Slow Down")
        case .planned(.refused): throw Self.failure(.transient, call, place, call.refusal)
        case .planned(.requestLost): throw Self.failure(call.lost, call, place, "the line broke before an answer came")
        case .well, .killed, .planned(.replyLost): break
        }
        let value = try await body()
        if case .killed = fate { surroundings.kill() }
        if case .planned = fate { throw Self.failure(call.lost, call, place, "the line broke before an answer came") }
        return value
    }

    private func delay(_ call: Staging.Call) async {
        let puts = state.withLock { $0.puts }
        let duration = staging.duration(of: call, at: puts, dice: surroundings.dice())
        guard duration > .zero else { return }
        try? await surroundings.sleep(duration)  // cut short when cancelled: what that means the call itself says
    }

    private func fate(of call: Staging.Call, on subject: String?) throws -> Fate {
        guard let subject else { return .well }
        let mark = Checksum(of: Array("\(call.rawValue) \(subject)".utf8))
        return try state.withLock { state in
            if call == .put {
                try surroundings.countPut()
                state.puts += 1
                if state.puts == staging.killAtPut { return .killed }
            }
            guard state.seen.insert(mark).inserted else {
                guard let (fault, left) = state.again.removeValue(forKey: mark) else { return .well }
                if left > 1 { state.again[mark] = (fault, left - 1) }
                return .planned(fault.ending)
            }
            if call == .put, staging.throttle?.refuses(state.puts) == true { return .throttled }
            let due = state.faults.firstIndex { $0.call == call && $0.after <= state.puts }
            guard let fault = due.map({ state.faults.remove(at: $0) }) else { return .well }
            if fault.times > 1 { state.again[mark] = (fault, fault.times - 1) }
            return .planned(fault.ending)
        }
    }

    private static func failure(
        _ class: Failure.Class, _ call: Staging.Call, _ place: String, _ cause: String
    ) -> Failure {
        Failure(
            `class`, call.words, at: place, cause: "\(cause) (staged by mallow demo)",
            safe: `class` == .ambiguous ? "it is looked up before anything else is done" : "nothing was changed by it",
            advice: "the course is tried again by itself"
        )
    }
}

extension Staging.Call {
    /// What stops, in an operator's words.
    fileprivate var words: String {
        switch self {
        case .outline: "reading a course"
        case .read: "reading transcripts"
        case .look: "looking at an object"
        case .put: "storing a transcript"
        case .delete: "removing an object"
        case .rows: "reading the catalog"
        case .commit: "committing a video"
        case .flag: "writing to the platform's database"
        }
    }

    /// What a server that takes no more says.
    fileprivate var refusal: String {
        switch self {
        case .commit, .flag, .rows: "deadlock found when trying to get lock"
        case .put, .look, .delete: "500 Internal Server Error"
        case .outline, .read: "the server closed the connection"
        }
    }

    /// The class of a lost reply: a read that was lost is only to be read again.
    fileprivate var lost: Failure.Class {
        switch self {
        case .put, .delete, .commit, .flag: .ambiguous
        case .outline, .read, .look, .rows: .transient
        }
    }
}
