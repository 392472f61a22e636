// SPDX-License-Identifier: Apache-2.0
package import MigrationModel

/// Applies what operators ask of a running engine.
package struct CommandListener: Sendable {
    /// How long it waits between looks into the queue.
    static let pause = Duration.milliseconds(500)
    /// The most videos in flight that an operator may ask for.
    static let mostConcurrency = 512

    let queue: any CommandQueue
    let log: any CheckpointLog
    let control: RunControl
    let surroundings: Surroundings

    package init(
        queue: any CommandQueue, log: any CheckpointLog, control: RunControl, surroundings: Surroundings
    ) {
        self.queue = queue
        self.log = log
        self.control = control
        self.surroundings = surroundings
    }

    /// Looks for commands until its task is cancelled.
    ///
    /// - Throws: when its task is cancelled. A queue that cannot be read is asked again.
    package func listen() async throws {
        while true {
            do { try await answerPending() } catch is Failure
            { /* it is busy, or lost: whoever writes checkpoints says so */  }
            control.look()
            try await surroundings.sleep(Self.pause)
        }
    }

    /// Answers every command that waits now, in order.
    package func answerPending() async throws {
        for command in try await queue.pendingCommands() {
            try await queue.answer(command, refusal: try await apply(command))
            // Answered first: afterwards there is nobody to answer.
            if command.command == .stop { control.stop() }
        }
    }

    /// - Returns: why it was not applied; nil when it was.
    private func apply(_ command: QueuedCommand) async throws -> String? {
        if control.ending != nil, command.command != .stop { return "the run is already draining" }
        switch command.command {
        case nil: return "this engine is older than the console and does not know the command"
        case .pause:
            let reason = "asked for by \(command.actor); resume to go on"
            control.pause(for: .paused, reason: reason) { log.note([$0]) }
        case .resume:
            let others = Admission.Obstacle.allCases.lazy.filter { $0 != .paused }.compactMap(control.wait)
            if control.wait(for: .paused) == nil, let reason = others.first {
                return "nobody paused the run: it \(reason)"
            }
            control.resume(after: .paused) { log.note([$0]) }
        case .concurrency(let videos):
            guard 1...Self.mostConcurrency ~= videos else {
                return "1 to \(Self.mostConcurrency) videos may be in flight"
            }
            control.admission.setLimit(videos)
            try await log.record([.concurrency(videos)])
        case .stop: break
        case .drain:
            control.drain(.interrupted, reason: "\(command.actor) asked it to drain")
        }
        return nil
    }
}
