// SPDX-License-Identifier: Apache-2.0

/// What an operator asks of a running engine. Effective at the next video.
package enum OperatorCommand: Sendable, Hashable, Codable {
    /// Admit no video until resumed; those in flight are finished.
    case pause
    case resume
    /// Let this many videos be in flight.
    case concurrency(Int)
    /// Finish what is in flight, then end the run.
    case drain
    /// End the engine at once: the next run puts right what is open.
    case stop
}

extension OperatorCommand: CustomStringConvertible {
    /// In the operators' words.
    package var description: String {
        switch self {
        case .pause: "pause"
        case .resume: "resume"
        case .concurrency(let videos): "\(videos) videos at once"
        case .drain: "drain"
        case .stop: "stop at once"
        }
    }
}

/// A command as it stands in the queue.
package struct QueuedCommand: Sendable, Hashable {
    package let id: Int64
    /// nil when a later version of the program asked something that this one does not know.
    package let command: OperatorCommand?
    package let actor: String
    /// The last event that its operator had seen.
    package let basedOn: Int64

    package init(id: Int64, command: OperatorCommand?, actor: String, basedOn: Int64) {
        self.id = id
        self.command = command
        self.actor = actor
        self.basedOn = basedOn
    }
}

/// The commands that consoles write and the engine reads.
package protocol CommandQueue: Sendable {
    /// Commands for this run that nobody has answered, oldest first.
    func pendingCommands() async throws -> [QueuedCommand]

    /// Says what became of a command; durable when it returns.
    ///
    /// - Parameter refusal: why it was not applied; nil when it was.
    func answer(_ command: QueuedCommand, refusal: String?) async throws
}
