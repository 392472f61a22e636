// SPDX-License-Identifier: Apache-2.0
import MigrationModel

extension Platform {
    /// The same platform behind a stage.
    package func staged(by stage: Stage) -> Platform {
        Platform(
            source: PacedSource(source, on: stage), store: PacedStore(store, on: stage),
            catalog: PacedCatalog(catalog, on: stage), writer: writer
        )
    }

    private init(
        source: any CourseSource, store: any ObjectStore, catalog: any VideoCatalog, writer: (any CourseWriter)?
    ) {
        self.source = source
        self.store = store
        self.catalog = catalog
        self.writer = writer
    }
}
