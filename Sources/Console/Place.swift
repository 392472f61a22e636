// SPDX-License-Identifier: Apache-2.0
import Ledger
package import MigrationModel

/// Which platform a console is on: it is named on every screen.
package struct Place: Sendable, Hashable {
    package enum Kind: Sendable, Hashable { case production, rehearsal, demo }

    package let kind: Kind
    /// How many completed rehearsals of its source a run wants here; 0 where none are wanted.
    package let wantedRehearsals: Int
    /// What stands before an object's name in edx-val, where a run is not told otherwise.
    package let prefix: String
    /// Where courses are read, as a whole endpoint without credentials; nil when it is not known yet.
    package let source: String?
    /// Where transcripts go.
    package let store: String?
    /// What the store cannot do and somebody has accepted by name.
    package let weaknesses: [StoreWeakness]
    /// edx-val's tables.
    package let catalog: String?
    package let ledger: String
    /// Where secrets are to be had; nil for what an engine finds by itself, empty for nowhere.
    package let configuration: String?
    /// What an engine of a demo is told besides: what is staged.
    package let engineOptions: [String]
    /// How many videos a first run may have in flight at once.
    package let concurrency: Int
    /// Who gives the commands.
    package let `operator`: String
    /// When videos may start; nil for always. The engine keeps these hours.
    package let window: Window?
    /// When work has to be done, where an operator has named it.
    package let deadline: Deadline?

    package init(
        _ kind: Kind, source: String?, store: String?, catalog: String?, ledger: String,
        configuration: String? = nil,
        engineOptions: [String] = [], concurrency: Int, operator: String,
        window: Window? = nil, deadline: Deadline? = nil, weaknesses: [StoreWeakness] = [],
        wantedRehearsals: Int = 0, prefix: String = ""
    ) {
        self.kind = kind
        self.wantedRehearsals = wantedRehearsals
        self.prefix = prefix
        self.source = source
        self.store = store
        self.catalog = catalog
        self.ledger = ledger
        self.configuration = configuration
        self.engineOptions = engineOptions
        self.concurrency = concurrency
        self.operator = `operator`
        self.window = window
        self.deadline = deadline
        self.weaknesses = weaknesses
    }

    /// Whether what is written there is for good.
    package var isProduction: Bool { kind == .production }

    /// The word on every screen.
    package var word: String {
        switch kind {
        case .production: "PROD"
        case .rehearsal: "REHEARSAL"
        case .demo: "DEMO"
        }
    }

    private static let longestTarget = 40

    /// What an operator types to confirm: a bucket with its folder, or a folder's name.
    package var target: String {
        guard let store else { return "store" }
        let name = store.prefix { $0 != "?" }
        if name.hasPrefix("s3://") {
            let place = String(name.dropFirst("s3://".count))
            // What has to be typed has to be read first: of a long one the bucket, which no location changes.
            return place.count <= Self.longestTarget ? place : String(place.prefix { $0 != "/" })
        }
        return name.split(whereSeparator: { $0 == "/" || $0 == ":" }).last.map(String.init) ?? "store"
    }

    /// What follows the program's name to do a piece of work here.
    package func arguments(_ request: LaunchRequest) -> [String] {
        request.arguments + (window == nil || request.work == .list ? [] : ["--wait-for-window"]) + endpoints
            + engineOptions
    }

    /// The same to look into the stores.
    package func arguments(_ request: InspectionRequest) -> [String] {
        ["compare", "--json", "--course", request.video.course.text, "--video", request.video.block.text]
            + (request.language.map { ["--language=\($0.text)"] } ?? []) + endpoints
    }

    /// The same to prove what a run needs.
    package func proof(of request: LaunchRequest) -> [String] {
        ["doctor", "--json"] + (request.writesBack ? [] : [LaunchRequest.noWriteBack]) + endpoints
    }

    private var endpoints: [String] {
        // Where a rehearsal writes is staging's alone to say.
        let written = kind == .rehearsal ? [] : [("--store", store), ("--catalog", catalog)]
        return option
            + ([("--source", source)] + written + [("--ledger", ledger), ("--config", configuration)])
            .flatMap { name, value in value.map { [name, $0] } ?? [] }
    }

    /// What every command about this place is told besides.
    private var option: [String] { kind == .rehearsal ? ["--rehearsal"] : [] }

    /// The command that opens a console here again.
    package var comingBack: String { (["mallow"] + option + standing).joined(separator: " ") }

    /// The command that opens a console on this platform's rehearsal.
    package var rehearsing: String {
        (["mallow --rehearsal"] + (source.map { ["--source", "'\($0)'"] } ?? []) + standing).joined(separator: " ")
    }

    /// The ledger, and the configuration where there is one.
    private var standing: [String] {
        ["--ledger", "'\(ledger)'"]
            + (configuration.flatMap { $0.isEmpty ? nil : ["--config", "'\($0)'"] } ?? [])
    }

    /// The command that tells how far everything is here.
    package var status: String {
        (["mallow status"] + option + ["--ledger", "'\(ledger)'"]).joined(separator: " ")
    }

    /// The same for a shell.
    package func commandLine(_ request: LaunchRequest) -> String {
        let plain = Set("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_./:+@=,")
        let words = (["mallow"] + arguments(request)).map { word in
            !word.isEmpty && word.allSatisfy(plain.contains)
                ? word
                : "'" + word.split(separator: "'", omittingEmptySubsequences: false).joined(separator: "'\\''") + "'"
        }
        return words.joined(separator: " ")
    }
}
