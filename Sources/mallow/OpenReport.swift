// SPDX-License-Identifier: Apache-2.0
import Deployment
import Foundation
import Ledger
import MigrationModel

/// What is left open, and who settles it from when on. Its encoded form is a contract with scripts.
struct OpenReport: Encodable {
    /// Videos' transactions that are neither committed nor proven undone.
    let transactions: Int
    /// Objects that are removed, and whose PUT might still arrive.
    let watched: Int
    /// When none of those can arrive any more; left out where there is none.
    let until: String?

    /// What there is to do, where no engine does it.
    let advice: String

    private enum CodingKeys: String, CodingKey { case transactions, watched, until }

    /// - Parameters:
    ///   - store: the store of the run, as its row keeps it.
    ///   - hint: what a command needs that is about such a run.
    init(_ open: OpenWork, store: String, hint: String, at now: Date) {
        (transactions, watched) = (open.transactions, open.watched)
        let end = open.watchedSince?.addingTimeInterval(Platform.longestDelay(ofStore: store))
        until = end.map { StatusReport.time($0.timeIntervalSince1970) }
        let settles = "mallow recover\(hint), or the next run, settles \(open.transactions == 1 ? "it" : "them")"
        advice = if let until, let end, end > now { "\(settles) for good from \(until) on" } else { settles }
    }

    /// For people; nil where nothing is open.
    var sentence: String? {
        guard transactions > 0 else { return nil }
        let arriving =
            watched == 0
            ? ""
            : ": \(counted(watched, "object")) whose PUT got no answer \(watched == 1 ? "is" : "are") not there and might still arrive"
        return
            "\(counted(transactions, "video transaction")) \(transactions == 1 ? "is" : "are") open\(arriving); \(advice)"
    }
}
