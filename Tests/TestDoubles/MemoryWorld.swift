// SPDX-License-Identifier: Apache-2.0
package import Foundation
package import MigrationModel
import Synchronization

/// The stores of a simulated platform, raw, with a clock that moves only when somebody sleeps.
package final class MemoryWorld: Sendable {
    package let source: MemorySource
    package let store = MemoryObjectStore()
    package let catalog: MemoryCatalog
    package let log: MemoryLog
    private let time: SimulatedTime
    /// For how many seconds a lost PUT may still arrive.
    package let longestDelay: TimeInterval

    package init(
        _ courses: [CourseKey: MemoryCourse], foldsLanguageCase: Bool = false,
        platformFlag: FlagState.Platform = .off, longestDelay: TimeInterval = 60
    ) {
        source = MemorySource(courses)
        catalog = MemoryCatalog(foldsLanguageCase: foldsLanguageCase, platformFlag: platformFlag)
        let time = SimulatedTime()
        self.time = time
        log = MemoryLog(now: { time.now })
        self.longestDelay = longestDelay
    }

    package var now: Date { time.now }

    /// Lets time pass.
    package func advance(by seconds: Double) { time.advance(by: seconds) }

    /// A fresh id, the same ones in every simulation of this world.
    package func newID() -> UUID { time.newID() }

    /// What stands in the raw stores.
    package var contents: StoreContents {
        StoreContents(
            objects: store.objects.mapValues { object in
                StoreContents.Object(checksum: Checksum(of: object.bytes), intent: object.info.provenance?.intent)
            },
            rows: catalog.allRows, videos: catalog.videos,
            flags: Set(catalog.flags.filter(\.value).keys)
        )
    }

    /// Intents that are neither committed nor proven undone.
    package var openIntents: Set<UUID> {
        Set(log.contents.intents.filter { $0.state.isOpen }.map(\.intent.id))
    }

    /// Every intent that was ever recorded.
    package var intents: Set<UUID> { Set(log.contents.intents.map(\.intent.id)) }
}

/// Time that passes only when somebody waits for it, and ids that come in the same order each time.
private final class SimulatedTime: Sendable {
    private let state = Mutex((now: Date(timeIntervalSince1970: 1_500_000_000), ids: UInt64(0)))

    var now: Date { state.withLock { $0.now } }

    func advance(by seconds: Double) { state.withLock { $0.now.addTimeInterval(seconds) } }

    func newID() -> UUID {
        let number = state.withLock { state in
            state.ids += 1
            return state.ids
        }
        return UUID(version5Of: "\(number)", namespace: UUID.urlNamespace)
    }
}
