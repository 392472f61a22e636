// SPDX-License-Identifier: Apache-2.0
import MigrationModel

/// What every course and video of one run works with.
struct Engine: Sendable {
    let run: RunID
    let connections: Connections
    let options: RunOptions
    let surroundings: Surroundings
    let control: RunControl

    let journal: Journal
    let planner: VideoPlanner
    let rollback: Rollback
    let recovery: Recovery
    let check: ConsistencyCheck
    let locks = VideoLocks()
    let unsettled = UnsettledVideos()

    init(
        run: RunID, connections: Connections, options: RunOptions, surroundings: Surroundings, control: RunControl
    ) {
        self.run = run
        self.connections = connections
        self.options = options
        self.surroundings = surroundings
        self.control = control
        let (store, catalog) = (connections.store, connections.catalog)
        journal = Journal(log: connections.log)
        planner = VideoPlanner(source: connections.source, store: store, catalog: catalog, format: options.format)
        rollback = Rollback(store: store, catalog: catalog, journal: journal, now: surroundings.now)
        recovery = Recovery(store: store, catalog: catalog, log: connections.log, surroundings: surroundings)
        check = ConsistencyCheck(store: store, catalog: catalog, journal: journal)
    }
}
