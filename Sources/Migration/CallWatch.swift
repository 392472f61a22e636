// SPDX-License-Identifier: Apache-2.0
import MigrationModel

/// What came of one call to the contentstore, the object store or the catalog, for whoever has to know how that is.
struct CallAnswer: Sendable {
    /// Where it was made.
    let place: Outage.Place
    /// Whether the time that it took says how fast the place is: it was to write an object, or to read transcripts.
    let isMeasured: Bool
    /// nil when it went well.
    let error: (any Error)?
    /// When it began and ended, by the engine's uptime.
    let began, ended: Double

    var failure: Failure? { error as? Failure }

    /// Whether it may be that nothing answers: the call failed in a way that passes. Whoever refuses, answers.
    var isSilence: Bool {
        switch failure?.class {
        case .transient, .throttled, .ambiguous: true
        case .conflict, .sourceCorrupt, .integrity, .auth, .bug, nil: false
        }
    }
}

/// Tells what came of every call, and changes nothing.
struct CallWatch: Sendable {
    let place: Outage.Place
    let uptime: @Sendable () -> Double
    /// Called when calls begin and when they are over, however they end, with 1 and -1; must return at once.
    let count: @Sendable (Int) -> Void
    /// Called after each call, from its task; must return at once.
    let tell: @Sendable (CallAnswer) -> Void

    func callAsFunction<Value>(isMeasured: Bool = false, _ call: () async throws -> Value) async throws -> Value {
        let began = uptime()
        count(1)
        defer { count(-1) }
        do {
            let value = try await call()
            tell(CallAnswer(place: place, isMeasured: isMeasured, error: nil, began: began, ended: uptime()))
            return value
        } catch let cancelled as CancellationError {
            // Nobody has answered: it was given up here.
            throw cancelled
        } catch {
            tell(CallAnswer(place: place, isMeasured: isMeasured, error: error, began: began, ended: uptime()))
            throw error
        }
    }
}
