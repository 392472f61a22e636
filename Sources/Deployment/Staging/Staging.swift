// SPDX-License-Identifier: Apache-2.0
import Foundation

/// What a demo's stores do to its engine, and when: they are as slow as a network, and some of their calls fail.
///
/// Its clock is the number of PUTs begun since the sandbox was made, over all engines: trouble comes at the same place
/// of the work, however fast it goes and however long an operator looks around in between.
package struct Staging: Codable, Sendable, Hashable {
    /// A call of a port that takes time.
    package enum Call: String, Codable, CodingKeyRepresentable, Sendable, Hashable, CaseIterable {
        /// Videos and assets of a course.
        case outline
        /// Bytes of transcripts.
        case read
        /// HEAD, or GET, of an object.
        case look
        case put, delete
        /// Rows of the catalog.
        case rows
        case commit
        /// A flag or a failed task.
        case flag

        /// Whether it goes to the object store, which is what can be throttled.
        var isStore: Bool { self == .look || self == .put || self == .delete }
    }

    /// How a call fails.
    package enum Ending: String, Codable, Sendable, Hashable, CaseIterable {
        /// It does not happen, and the engine is told so.
        case refused
        /// It does not happen, and the engine cannot know.
        case requestLost = "request lost"
        /// It happens, and the engine cannot know.
        case replyLost = "reply lost"
    }

    /// One planned fault: it hits the first call of its kind on something new once so many PUTs have begun.
    package struct Fault: Codable, Sendable, Hashable {
        package let after: Int
        package let call: Call
        package let ending: Ending
        /// How often it hits the same call before that goes well: an engine makes some calls again by itself.
        package let times: Int

        package init(after: Int, call: Call, ending: Ending, times: Int = 1) {
            (self.after, self.call, self.ending, self.times) = (after, call, ending, times)
        }
    }

    /// A stretch in which the object store asks for less.
    package struct Throttle: Codable, Sendable, Hashable {
        /// The first PUT of it, and the first one after it; from 1.
        package let from, to: Int
        /// How many times slower the object store is.
        package let slowdown: Double
        /// Every how manieth PUT is refused.
        package let refusesEvery: Int

        package init(from: Int, to: Int, slowdown: Double, refusesEvery: Int) {
            (self.from, self.to, self.slowdown, self.refusesEvery) = (from, to, slowdown, refusesEvery)
        }

        func contains(_ put: Int) -> Bool { put >= from && put < to }
        func refuses(_ put: Int) -> Bool { contains(put) && refusesEvery > 0 && (put - from) % refusesEvery == 0 }
    }

    /// How long calls take, in milliseconds; those that are missing take no longer than they do.
    package var milliseconds: [Call: Double]
    /// By which part a call may be faster or slower, 0 to 1.
    package var jitter: Double
    /// Where the dice for that begin.
    package var seed: UInt64
    /// By what all of it is divided.
    package var speed: Double
    package var faults: [Fault]
    package var throttle: Throttle?
    /// The PUT after which the engine is killed, from 1; it never hears of that PUT's end.
    package var killAtPut: Int?

    package init(
        milliseconds: [Call: Double] = [:], jitter: Double = 0, seed: UInt64 = 0, speed: Double = 1,
        faults: [Fault] = [], throttle: Throttle? = nil, killAtPut: Int? = nil
    ) {
        self.milliseconds = milliseconds
        self.jitter = jitter
        self.seed = seed
        self.speed = speed
        self.faults = faults
        self.throttle = throttle
        self.killAtPut = killAtPut
    }

    /// How long a call takes.
    ///
    /// - Parameters:
    ///   - put: how many PUTs have begun.
    ///   - dice: in -1...1.
    package func duration(of call: Call, at put: Int, dice: Double) -> Duration {
        let slowdown = call.isStore && throttle?.contains(put) == true ? throttle?.slowdown ?? 1 : 1
        return .milliseconds((milliseconds[call] ?? 0) * (1 + jitter * dice) * slowdown / speed)
    }
}

extension Staging {
    /// The staging of `mallow demo`: made for the sample's 216 new transcripts and ``concurrency`` videos in flight, of
    /// which it makes some four minutes.
    ///
    /// - Parameters:
    ///   - speed: how many times faster, more than 0.
    ///   - seed: other delays.
    package static func demo(speed: Double, seed: UInt64) -> Staging {
        Staging(
            milliseconds: [
                .outline: 400, .read: 900, .look: 300, .put: 2200, .delete: 700, .rows: 250, .commit: 900, .flag: 200,
            ],
            jitter: 0.6, seed: seed, speed: speed,
            faults: [
                Fault(after: 4, call: .commit, ending: .refused, times: 3),
                Fault(after: 8, call: .put, ending: .replyLost),
                Fault(after: 12, call: .put, ending: .refused),
                Fault(after: 18, call: .read, ending: .refused),
                Fault(after: 22, call: .put, ending: .requestLost),
                Fault(after: 26, call: .commit, ending: .replyLost),
                Fault(after: 90, call: .commit, ending: .refused, times: 3),
                Fault(after: 110, call: .delete, ending: .replyLost),
                Fault(after: 130, call: .put, ending: .refused),
                Fault(after: 150, call: .put, ending: .requestLost),
            ],
            throttle: Throttle(from: 34, to: 56, slowdown: 2.5, refusesEvery: 4), killAtPut: 76
        )
    }

    /// How many videos a demo has in flight at once.
    package static let concurrency = 6
}

extension Duration {
    static func milliseconds(_ milliseconds: Double) -> Duration { .seconds(milliseconds / 1000) }
}
