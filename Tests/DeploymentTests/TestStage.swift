// SPDX-License-Identifier: Apache-2.0
import Deployment
import Synchronization

/// A stage in a world in which waiting takes no time, the dice always show the same, and nobody dies.
final class TestStage: Sendable {
    private struct State {
        var slept: [Duration] = []
        var puts: Int
        var kills = 0
    }

    let stage: Stage
    private let state: SharedState

    private final class SharedState: Sendable {
        let value: Mutex<State>
        init(_ value: State) { self.value = Mutex(value) }
    }

    /// - Parameters:
    ///   - puts: what earlier engines counted.
    ///   - dice: what they show, in -1...1.
    init(_ staging: Staging, puts: Int = 0, dice: Double = 0) {
        let state = SharedState(State(puts: puts))
        self.state = state
        stage = Stage(
            staging,
            surroundings: StageSurroundings(
                puts: puts, countPut: { state.value.withLock { $0.puts += 1 } },
                sleep: { duration in state.value.withLock { $0.slept.append(duration) } }, dice: { dice },
                kill: { state.value.withLock { $0.kills += 1 } }
            )
        )
    }

    /// How long each delayed call was delayed, in order.
    var slept: [Duration] { state.value.withLock { $0.slept } }
    /// PUTs counted, earlier engines' too.
    var puts: Int { state.value.withLock { $0.puts } }
    /// How often it would have killed its engine.
    var kills: Int { state.value.withLock { $0.kills } }
}
