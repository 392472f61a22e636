// SPDX-License-Identifier: Apache-2.0
import MigrationModel

/// What every course and video of one run works with.
struct Engine: Sendable {
    let run: RunID
    let connections: Connections
    let options: RunOptions
    let surroundings: Surroundings
    let control: RunControl

    let source: PatientSource
    let catalog: PatientCatalog
    /// The object store without its patience: to ask whether it answers.
    let askedStore: any ObjectReader
    let journal: Journal
    let planner: VideoPlanner
    let rollback: Rollback
    let recovery: Recovery
    let check: ConsistencyCheck
    let outages: Outages
    let rest: Rest
    let meter = ReadMeter()
    /// nil where no hours are kept.
    let window: WindowWatch?
    let locks = VideoLocks()
    let unsettled = UnsettledVideos()

    init(
        run: RunID, connections: Connections, options: RunOptions, surroundings: Surroundings, control: RunControl
    ) {
        let journal = Journal(log: connections.log)
        let rest = Rest(control: control, journal: journal, surroundings: surroundings)
        func outage(of place: Outage.Place) -> Outage {
            Outage(of: place, control: control, journal: journal, surroundings: surroundings)
        }
        let outages = Outages(
            source: outage(of: .source), store: outage(of: .store), catalog: outage(of: .catalog))
        func watched(_ store: any ObjectStore) -> any ObjectStore {
            let watch = CallWatch(
                place: .store, uptime: surroundings.uptime, count: outages.store.count
            ) { answer in
                rest.hear(answer)
                outages.store.hear(answer)
                if let news = control.admission.hear(answer) { journal.note(news) }
            }
            return WatchedStore(raw: store, watching: watch)
        }
        let given = connections.store
        let asked: any ObjectStore = (given as? LimitedStore)?.wrapping(watched) ?? watched(given)
        let store = UnhurriedStore(
            asked, Unhurried(surroundings, mayWait: { $0 <= Unhurried.longest && !outages.store.isOut }))
        let catalog = PatientCatalog(
            raw: connections.catalog,
            patiently: Patience(
                watching: CallWatch(
                    place: .catalog, uptime: surroundings.uptime, count: outages.catalog.count,
                    tell: outages.catalog.hear),
                outage: outages.catalog, surroundings: surroundings)
        )
        // Without its limit: time spent waiting for that says nothing of the source.
        source = PatientSource(
            raw: (connections.source as? LimitedSource)?.source ?? connections.source,
            patiently: Patience(
                watching: CallWatch(
                    place: .source, uptime: surroundings.uptime, count: outages.source.count
                ) { answer in
                    outages.source.hear(answer)
                    if let news = control.admission.hear(answer) { journal.note(news) }
                }, outage: outages.source, surroundings: surroundings)
        ) { [meter] count in
            if let news = meter.hear(count, at: surroundings.uptime()) { journal.note(news) }
        }
        let limited: any CourseSource = (connections.source as? LimitedSource)?.over(source) ?? source
        self.run = run
        askedStore = asked
        self.connections = Connections(
            source: limited, store: store, catalog: catalog, log: connections.log,
            writer: connections.writer.map { [source] in PatientWriter(raw: $0, patiently: source.patiently) }
        )
        self.options = options
        self.surroundings = surroundings
        self.catalog = catalog
        self.control = control
        self.journal = journal
        self.outages = outages
        self.rest = rest
        window = options.window.map { hours in
            WindowWatch(hours, control: control, journal: journal, surroundings: surroundings)
        }
        planner = VideoPlanner(source: limited, store: store, catalog: catalog, format: options.format)
        rollback = Rollback(store: store, catalog: catalog, journal: journal, now: surroundings.now)
        recovery = Recovery(store: store, catalog: catalog, log: connections.log, surroundings: surroundings)
        check = ConsistencyCheck(store: store, catalog: catalog, journal: journal)
    }
}
