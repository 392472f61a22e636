// SPDX-License-Identifier: Apache-2.0
import MigrationModel

/// How the places of a run are that can be out: the contentstore, the object store and the catalog.
struct Outages: Sendable {
    let source: Outage
    let store: Outage
    let catalog: Outage

    var all: [Outage] { [store, catalog, source] }

    /// The place that is out now, as far as is known; of several, what is written to goes first.
    var current: Outage.Place? { all.first(where: \.isOut)?.place }

    /// The place that was out at any moment since then. Where that is in doubt, waits until it is known.
    func place(outSince moment: Double) async -> Outage.Place? {
        for outage in all where await outage.wasOut(since: moment) { return outage.place }
        return nil
    }

    /// Waits until all of them answer again; no longer than until the run drains, or the task is cancelled.
    func passed() async { for outage in all { await outage.passed() } }
}
