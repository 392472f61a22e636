// swift-tools-version: 6.1
// SPDX-License-Identifier: Apache-2.0
import PackageDescription

/// The language of the next major version, adopted early; warnings become errors in CI, not here.
let settings: [SwiftSetting] = [
    "ExistentialAny", "InternalImportsByDefault", "MemberImportVisibility",
    "InferIsolatedConformances", "NonisolatedNonsendingByDefault", "ImmutableWeakCaptures",
].map { .enableUpcomingFeature($0) }

let grdb = Target.Dependency.product(name: "GRDB", package: "GRDB.swift")

let package = Package(
    name: "mallow",
    platforms: [.macOS(.v15)],
    products: [.executable(name: "mallow", targets: ["mallow"])],
    traits: [
        .trait(name: "MongoDB", description: "Courses and transcripts in MongoDB. Debian: libmongoc-dev."),
        .trait(name: "MySQL", description: "edx-val in MySQL or MariaDB. Debian: libmariadb-dev."),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.0"),
        .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
        .package(url: "https://github.com/LebJe/TOMLKit", from: "0.6.0"),
        .package(url: "https://github.com/jpsim/Yams", from: "6.2.2"),
    ],
    targets: [
        // libcrypto, for digests. Debian: libssl-dev.
        .systemLibrary(name: "CCrypto", providers: [.apt(["libssl-dev"])]),

        // libcurl. Debian: libcurl4-openssl-dev.
        .systemLibrary(name: "CCurl", providers: [.apt(["libcurl4-openssl-dev"])]),

        // Waiting for many sockets at once: a part of the C library that Swift does not import by itself.
        .systemLibrary(name: "CEpoll"),

        // HTTP transfers on one thread, over connections that are kept.
        .target(name: "HTTP", dependencies: ["CCurl", "CEpoll"], swiftSettings: settings),
        .testTarget(name: "HTTPTests", dependencies: ["HTTP", "TestDoubles"], swiftSettings: settings),

        // libmariadb, the client of MariaDB and MySQL. Debian: libmariadb-dev.
        .systemLibrary(name: "CMariaDB", providers: [.apt(["libmariadb-dev"])]),

        // Connections to a MariaDB or MySQL server, each on a thread of its own.
        .target(
            name: "MariaDB",
            dependencies: [.target(name: "CMariaDB", condition: .when(traits: ["MySQL"])), "Threading"],
            swiftSettings: settings
        ),

        // libmongoc, the client of MongoDB. Debian: libmongoc-dev.
        .systemLibrary(name: "CMongo", pkgConfig: "libmongoc-1.0", providers: [.apt(["libmongoc-dev"])]),

        // Clients of a MongoDB database, each on a thread of its own while it asks; documents read where they are.
        .target(
            name: "Mongo",
            dependencies: [.target(name: "CMongo", condition: .when(traits: ["MongoDB"])), "Threading"],
            swiftSettings: settings
        ),

        // The words of the product as values, the rules as pure functions, and the ports.
        .target(name: "MigrationModel", dependencies: ["CCrypto"], swiftSettings: settings),
        .testTarget(name: "MigrationModelTests", dependencies: ["MigrationModel"], swiftSettings: settings),

        // The only makers of threads.
        .target(name: "Threading", swiftSettings: settings),
        .testTarget(name: "ThreadingTests", dependencies: ["Threading"], swiftSettings: settings),

        // Where courses, videos and transcript bytes are read.
        .target(
            name: "Contentstore",
            dependencies: [
                "CCrypto", "MigrationModel", "Threading", .target(name: "Mongo", condition: .when(traits: ["MongoDB"])),
            ],
            swiftSettings: settings
        ),
        .testTarget(
            name: "ContentstoreTests",
            dependencies: [
                "Contentstore", "MigrationModel", "TestDoubles", "Threading",
                .target(name: "Mongo", condition: .when(traits: ["MongoDB"])),
            ],
            swiftSettings: settings
        ),

        // Where bytes go.
        .target(
            name: "ObjectStorage",
            dependencies: ["CCrypto", "HTTP", "MigrationModel", "Threading"],
            swiftSettings: settings
        ),
        .testTarget(
            name: "ObjectStorageTests",
            dependencies: ["ObjectStorage", "HTTP", "MigrationModel", "TestDoubles", "Threading"],
            swiftSettings: settings
        ),

        // edx-val's tables: which transcript is where.
        .target(
            name: "VideoCatalog",
            dependencies: ["MigrationModel", grdb, .target(name: "MariaDB", condition: .when(traits: ["MySQL"]))],
            swiftSettings: settings
        ),
        .testTarget(
            name: "VideoCatalogTests",
            dependencies: [
                "VideoCatalog", "MigrationModel", "TestDoubles", grdb,
                .target(name: "MariaDB", condition: .when(traits: ["MySQL"])),
            ],
            swiftSettings: settings
        ),

        // Every checkpoint, intent, event and command, in one SQLite file.
        .target(name: "Ledger", dependencies: ["MigrationModel", grdb], swiftSettings: settings),
        .testTarget(
            name: "LedgerTests",
            dependencies: ["Ledger", "MigrationModel", "TestDoubles", grdb],
            swiftSettings: settings
        ),

        // The engine: runs, courses, the video transaction, rollback, recovery, gate and cut-over.
        .target(name: "Migration", dependencies: ["MigrationModel"], swiftSettings: settings),
        .testTarget(
            name: "MigrationTests",
            dependencies: ["Migration", "MigrationModel", "TestDoubles", "Ledger"],
            swiftSettings: settings
        ),

        // Endpoints become stores.
        .target(
            name: "Deployment",
            dependencies: [
                "HTTP", "MigrationModel", "Contentstore", "ObjectStorage", "PlatformSettings", "Settings",
                "VideoCatalog",
                "Ledger", "Threading", .target(name: "MariaDB", condition: .when(traits: ["MySQL"])),
                .target(name: "Mongo", condition: .when(traits: ["MongoDB"])),
            ],
            swiftSettings: settings
        ),
        .testTarget(
            name: "DeploymentTests",
            dependencies: [
                "Deployment", "Ledger", "MigrationModel", "PlatformSettings", "Settings", "TestDoubles",
            ],
            swiftSettings: settings
        ),

        // What a screen is, without a terminal.
        .target(name: "Canvas", swiftSettings: settings),
        .testTarget(name: "CanvasTests", dependencies: ["Canvas"], swiftSettings: settings),

        // ncurses, and what must be C: macros, globals, signal handlers. Debian: libncurses-dev.
        .target(name: "CNcurses", linkerSettings: [.linkedLibrary("ncursesw"), .linkedLibrary("tinfo")]),

        // The operator's terminal: ncurses on one thread, keys as events.
        .target(
            name: "Terminal",
            dependencies: ["CNcurses", "Canvas"],
            exclude: ["mallow-direct.ti"],
            swiftSettings: settings
        ),
        .testTarget(name: "TerminalTests", dependencies: ["Terminal", "Canvas"], swiftSettings: settings),
        // Shows what a terminal sends; Tests/console drives it.
        .executableTarget(
            name: "TerminalProbe",
            dependencies: ["Terminal", "Canvas"],
            path: "Tests/TerminalProbe",
            swiftSettings: settings
        ),

        // Files that operators write: TOML, and what is wrong with it in which line.
        .target(
            name: "Settings",
            dependencies: [.product(name: "TOMLKit", package: "TOMLKit")],
            swiftSettings: settings
        ),

        // The platform's own settings, and mallow.yaml: YAML, where each value stands, and no secret.
        .target(
            name: "PlatformSettings",
            dependencies: ["Settings", .product(name: "Yams", package: "Yams")],
            swiftSettings: settings
        ),
        .testTarget(
            name: "PlatformSettingsTests",
            dependencies: ["PlatformSettings", "Settings"],
            swiftSettings: settings
        ),

        // Colours for roles: files, their errors, and the lint that proves they can be read.
        .target(
            name: "Themes",
            dependencies: ["Canvas", "Settings", .product(name: "TOMLKit", package: "TOMLKit")],
            exclude: ["themes/FORMAT.md"],
            resources: [.embedInCode("themes")],
            swiftSettings: settings
        ),
        .testTarget(name: "ThemesTests", dependencies: ["Themes", "Canvas", "Settings"], swiftSettings: settings),

        // The console: a model, what changes it, and a frame as a pure function of it.
        .target(
            name: "Console",
            dependencies: [
                "Canvas", "Ledger", "MigrationModel", "Settings", "Themes",
                .product(name: "TOMLKit", package: "TOMLKit"),
            ],
            swiftSettings: settings
        ),
        .testTarget(
            name: "ConsoleTests",
            dependencies: ["Console", "Canvas", "Ledger", "MigrationModel", "Settings", "TestDoubles", "Themes"],
            exclude: ["Snapshots"],
            swiftSettings: settings
        ),

        // One file per subcommand; composition only.
        .executableTarget(
            name: "mallow",
            dependencies: [
                "MigrationModel", "Migration", "Ledger", "Deployment", "Threading", "Canvas", "Console",
                "Terminal", "PlatformSettings", "Settings", "Themes",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ],
            swiftSettings: settings
        ),

        // Figures, run by hand.
        .executableTarget(
            name: "benchmarks",
            dependencies: [
                "Canvas", "Console", "HTTP", "Ledger", "MigrationModel", "ObjectStorage", "Themes", "Threading",
                "VideoCatalog",
                .target(name: "MariaDB", condition: .when(traits: ["MySQL"])),
            ],
            path: "Tests/Benchmarks",
            swiftSettings: settings
        ),

        // Complete in-memory stores with planned faults, the law checker, and the contract suites of the ports.
        .target(
            name: "TestDoubles",
            dependencies: ["MigrationModel"],
            path: "Tests/TestDoubles",
            swiftSettings: settings
        ),
    ],
    swiftLanguageModes: [.v6]
)
