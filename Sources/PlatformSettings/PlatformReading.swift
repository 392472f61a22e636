// SPDX-License-Identifier: Apache-2.0
import Settings

/// What the files of one service say, and Tutor's beside them.
struct PlatformReading {
    private(set) var mongo: MongoSettings?
    private(set) var mysql: MySQLSettings?
    private(set) var transcripts: TranscriptSettings?
    private(set) var findings = Findings()

    /// Blocks.
    init(tutor: String?, _ service: PlatformFiles.Service?) {
        let root = service.flatMap { findings.section($0.files) }
        guard let tutor else {
            guard let root else { return }
            mongo = MongoSettings(root, &findings)
            mysql = MySQLSettings(root, &findings)
            transcripts = TranscriptSettings(root, &findings)
            return
        }
        guard let config = findings.section([tutor]) else { return }
        mongo = MongoSettings(tutor: config, &findings)
        read(config, rendered: root)
        if service == nil {
            findings.note(config.place, "nothing is rendered yet: tutor config save writes env beside this file")
        }
    }

    /// Open edX: Tutor's rendered files have the databases and AWS's keys; what they lack is in `config.yml`.
    private mutating func read(_ config: Section, rendered root: Section?) {
        let hasTables = root?["DATABASES"] != nil
        mysql =
            if let root, hasTables { MySQLSettings(root, &findings) } else { MySQLSettings(tutor: config, &findings) }
        let store = TutorStore(config: config)
        transcripts =
            if let root {
                TranscriptSettings(root, tutor: store, &findings)
            } else {
                TranscriptSettings(store, &findings)
            }
        if mongo?.servers.origin == .rule(MongoKeys.tutor.rule) {
            findings.note(
                config.place,
                "mongodb and mysql are names in the network of Tutor's containers: Mallow must run where they are known"
            )
        }
        if let root, hasTables { compareTables(config, root) }
    }

    /// What is in `config.yml` and was not rendered is not in use yet.
    private mutating func compareTables(_ config: Section, _ root: Section) {
        let rendered = mysql
        for (key, used) in [
            ("MYSQL_HOST", rendered?.host), ("OPENEDX_MYSQL_DATABASE", rendered?.database),
            ("OPENEDX_MYSQL_USERNAME", rendered?.user),
        ] {
            guard let used, let setting = config[key], let written = setting.written, written != used.value
            else { continue }
            findings.note(
                setting.place,
                "\(key) is \(written), but the platform runs with \(used), which is taken; tutor config save renders it"
            )
        }
    }

    /// Notes where another service of the same platform says something else.
    func compare(with other: PlatformReading, _ service: PlatformFiles.Service, _ findings: inout Findings) {
        let known = findings.problems
        if let problem = other.findings.problems.inOrder().first(where: { !known.contains($0) }) {
            findings.note(
                Place(file: problem.file, line: problem.line),
                "the file is only compared, and has this wrong: "
                    + "\(problem.problem); \(problem.advice)")
        }
        let others = Dictionary(uniqueKeysWithValues: other.comparable)
        for (name, mine) in comparable {
            guard let theirs = others[name], theirs.value != mine.value else { continue }
            var place = Place(file: service.files[0])
            if case .written(let file, let line, _) = theirs.origin { place = Place(file: file, line: line) }
            findings.note(
                place, "\(name) is \(theirs.value) here, and \(mine), which is taken: Studio writes transcripts")
        }
    }

    /// What the services of a platform must agree on, by its name.
    private var comparable: [(String, Found<String>)] {
        let store = transcripts?.store.map { Found($0.endpoint, $0.origin) }
        let all: [(String, Found<String>?)] = [
            ("the contentstore's host", mongo?.servers.map(\.names)), ("the contentstore's database", mongo?.database),
            ("the catalog's host", mysql?.host), ("the catalog's database", mysql?.database), ("the store", store),
            ("DIRECTORY_PREFIX", transcripts?.prefix),
        ]
        return all.compactMap { name, found in found.map { (name, $0) } }
    }
}

extension Findings {
    /// Reads the files of one service; nil where one cannot be read, which is a problem then. Blocks.
    fileprivate mutating func section(_ files: [String]) -> Section? {
        var parts: [Section.Part] = []
        for path in files {
            do throws(FileProblem) {
                let file = try SettingsFile(at: path)
                parts.append(Section.Part(file: path, mapping: file.mapping))
            } catch {
                complain(error)
            }
        }
        return parts.count == files.count ? Section(top: parts) : nil
    }
}
