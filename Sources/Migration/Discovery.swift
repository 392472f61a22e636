// SPDX-License-Identifier: Apache-2.0
package import MigrationModel

/// Lists the source's courses and their videos into the ledger, so that an operator can choose. Moves nothing, and leaves
/// what the ledger knows already as it is.
package struct Discovery: Sendable {
    private let source: any CourseSource
    private let log: any CheckpointLog

    package init(source: any CourseSource, log: any CheckpointLog) {
        self.source = source
        self.log = log
    }

    /// Lists every course; one that cannot be read is written down as such, and the others go on.
    ///
    /// - Returns: how many could not be read.
    /// - Throws: ``Failure`` when the source cannot be listed or the ledger not be written; `CancellationError`.
    package func execute() async throws -> Int {
        var unreadable = 0
        for try await listing in source.courses() {
            try Task.checkCancellation()
            switch listing {
            case .course(let summary):
                let reading: CourseReading
                do {
                    reading = try await CourseReading(of: summary.key, from: source, lookUp: LookUp())
                } catch let failure as Failure {
                    unreadable += 1
                    try await log.record([.unreadable(name: summary.key.text, failure)])
                    continue
                }
                await source.release(summary.key)
                try await log.record([
                    .courseListed(summary, videos: reading.videos.map(\.outline), unreachable: reading.unreachable)
                ])
            case .unreadable(let name, let failure):
                unreadable += 1
                try await log.record([.unreadable(name: name, failure)])
            }
        }
        return unreadable
    }
}
