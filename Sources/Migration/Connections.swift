// SPDX-License-Identifier: Apache-2.0
package import MigrationModel

/// The stores of a run that may write.
package struct Connections: Sendable {
    package let source: any CourseSource
    package let store: any ObjectStore
    package let catalog: any VideoCatalog
    package let log: any CheckpointLog
    /// nil where ids are not written back: the source cannot be written to, or shall not.
    package let writer: (any CourseWriter)?

    package init(
        source: any CourseSource, store: any ObjectStore, catalog: any VideoCatalog, log: any CheckpointLog,
        writer: (any CourseWriter)? = nil
    ) {
        self.source = source
        self.store = store
        self.catalog = catalog
        self.log = log
        self.writer = writer
    }
}

/// What an operator chose for a run.
package struct RunOptions: Sendable, Hashable {
    /// Videos in flight at once, from 1.
    package var concurrency: Int
    package var format: FormatPolicy
    /// What stands before an object's name in the catalog's column. Open edX: `DIRECTORY_PREFIX` (section 5.3).
    package var prefix: String
    package var lookUp: LookUp
    /// The run drains when more videos than this have failed for good.
    package var errorBudget: Int
    /// How many of the first videos are read twice; after them every hundredth is.
    package var readTwiceFirst: Int

    /// When videos may start; nil for always.
    package var window: RunWindow?

    package init(
        concurrency: Int = 32, format: FormatPolicy = .keep, prefix: String = "video-transcripts/",
        lookUp: LookUp = LookUp(), errorBudget: Int = 100, readTwiceFirst: Int = 1000, window: RunWindow? = nil
    ) {
        self.concurrency = concurrency
        self.format = format
        self.prefix = prefix
        self.lookUp = lookUp
        self.errorBudget = errorBudget
        self.readTwiceFirst = readTwiceFirst
        self.window = window
    }
}
