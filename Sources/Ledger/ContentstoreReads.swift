// SPDX-License-Identifier: Apache-2.0
package import Foundation
import MigrationModel

/// How much a run reads from the contentstore. Its encoded form is a contract with scripts.
package struct ContentstoreReads: Sendable, Hashable, Encodable {
    /// Transcripts, each as often as it was read.
    package let total: Int
    /// While the run goes on, in its last seconds; of one that has ended, over all its time.
    package let perSecond: Double
    /// How many its operator allows in a second; nil for no limit.
    package let limit: Double?

    private enum CodingKeys: String, CodingKey { case total, perSecond = "per_second", limit }

    /// For people; nil where nothing was read.
    package var sentence: String? {
        total == 0 ? nil : "contentstore: \(counted(total, "transcript")) read, \(rate)"
    }

    /// For people.
    package var rate: String {
        String(format: perSecond < 10 ? "%.1f/s" : "%.0f/s", perSecond)
            + (limit.map { String(format: ", at most %g/s", $0) } ?? "")
    }
}

extension RunRow {
    /// What was said longer ago than this, in seconds, says nothing of now.
    private static let lastingRate = 5.0

    /// At a moment; nil for a run that does not say: it has read nothing yet, or an earlier version of mallow made it.
    package func contentstoreReads(at date: Date) -> ContentstoreReads? {
        guard let reads else { return nil }
        let option = "--limit-reads="
        let limit = choices.first { $0.hasPrefix(option) }.flatMap { Double($0.dropFirst(option.count)) }
        let rate: Double
        if let ended {
            rate = ended > started ? Double(reads) / (ended - started) : 0
        } else {
            rate = date.timeIntervalSince1970 - (readsAt ?? 0) < Self.lastingRate ? readRate ?? 0 : 0
        }
        return ContentstoreReads(total: reads, perSecond: rate, limit: limit)
    }
}
