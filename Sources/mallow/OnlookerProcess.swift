// SPDX-License-Identifier: Apache-2.0
import Console
import Foundation
import MigrationModel
import Threading

/// Looks into the stores for a console: this very program, started once more, which prints what it saw and ends.
struct OnlookerProcess: Onlooker {
    let place: Place
    /// One look at a time is what one operator asks for; others may begin while slow ones still run, and no proof waits
    /// for them.
    private let looking = BlockingPool(name: "onlookers", width: 4)
    private let proving = BlockingPool(name: "provers", width: 2)

    init(place: Place) { self.place = place }

    /// However slow a store is: an operator wants to know that it is.
    private static let longest = Duration.seconds(60)

    func inspect(_ request: InspectionRequest) async throws -> InspectedVideo {
        try await answer(place.arguments(request), as: InspectedVideo.self, on: looking)
    }

    func prove(_ request: LaunchRequest) async throws -> [PreflightCheck] {
        try await answer(place.proof(of: request), as: Proof.self, on: proving).checks
    }

    private struct Proof: Decodable {
        let checks: [PreflightCheck]
    }

    private struct Refusal: Decodable {
        let error: String
    }

    private func answer<Answer: Decodable & Sendable>(
        _ arguments: [String], as type: Answer.Type, on pool: BlockingPool
    ) async throws -> Answer {
        let (end, output) = try await pool.run {
            try ThisProgram(arguments: arguments).output(within: Self.longest)
        }
        let decoder = JSONDecoder()
        do {
            return try decoder.decode(Answer.self, from: output)
        } catch {
            let refusal = try? decoder.decode(Refusal.self, from: output)  // killed: it said nothing
            let words =
                switch end {
                case .exit(let status): "it ended with exit code \(status) and no answer"
                case .signal(let number): "signal \(number) ended it"
                case .stopped(let why): why
                }
            throw Failure(
                .transient, "looking into the stores", at: arguments[0], cause: refusal?.error ?? words,
                advice: "try mallow \(arguments[0]) in a shell"
            )
        }
    }
}
