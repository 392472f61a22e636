// SPDX-License-Identifier: Apache-2.0
import Foundation
package import Settings

/// What an operator has written into `mallow.yaml`. Secrets are not in it, but where they are to be had.
package struct Configuration: Sendable {
    /// The name that is looked for.
    package static let fileName = "mallow.yaml"

    package let path: String
    package let production: ConfiguredPlatform
    /// Where rehearsals write; nil where none is named.
    package let staging: ConfiguredPlatform?
    /// Where the ledger is; a relative path begins at the configuration's folder.
    package let ledger: Found<String>?
    /// The hours in which videos may start; nil for always.
    package let window: ConfiguredWindow?
    /// Everything that is wrong, from the first line to the last. Empty where all of it can be used.
    package let problems: [FileProblem]

    /// Reads a configuration. Blocks.
    ///
    /// - Throws: ``FileProblem`` for a file that cannot be read or parsed.
    package init(at path: String) throws(FileProblem) {
        let file = try SettingsFile(at: path)
        var findings = Findings()
        let root = Section(top: [Section.Part(file: file.path, mapping: file.mapping)])
        root.refuseStrangers(among: ["production", "staging", "ledger", "window"], &findings)
        if root["production"] == nil {
            if root.keys.contains("production") {
                findings.complain(
                    root.place(of: "production"), "nothing stands below production",
                    advice: "write source, store and catalog there, or take away the # before them")
            } else {
                root.complain(missing: "production", advice: "write it with source, store and catalog below", &findings)
            }
        }
        self.path = path
        let folder = Folder(of: path)
        production = ConfiguredPlatform(
            root.section("production", &findings), of: ["source", "store", "catalog", "prefix", "retired"], in: folder,
            &findings)
        // It has no source and no prefix of its own: what is rehearsed is production's.
        staging = root.section("staging", &findings).map {
            ConfiguredPlatform($0, of: ["store", "catalog"], in: folder, &findings)
        }
        ledger = root.text("ledger", &findings)?.map(folder.path)
        window = root.section("window", &findings).map { ConfiguredWindow($0, &findings) }
        problems = findings.problems.inOrder()
    }

    /// Where the configuration is: the file that was named, else `mallow.yaml` in this folder, else
    /// `mallow/mallow.yaml` in `$XDG_CONFIG_HOME` or `~/.config`. Blocks.
    ///
    /// - Returns: nil where there is none, and where nothing is named on purpose: with an empty text. A file that was named
    ///   is returned whether it is there or not.
    package static func path(named given: String?, environment: [String: String]) -> String? {
        if given == "" { return nil }
        if let given { return URL(fileURLWithPath: NSString(string: given).expandingTildeInPath).path }
        let folder = UserFolder.configuration.path(environment: environment)
        return [URL(fileURLWithPath: fileName).path, "\(folder)/mallow/\(fileName)"].first {
            FileManager.default.fileExists(atPath: $0)
        }
    }
}

/// The folder that a configuration is in: whoever calls from wherever means the same places.
struct Folder {
    private let url: URL

    init(of file: String) { url = URL(fileURLWithPath: file).deletingLastPathComponent() }

    /// A path, which begins here if it is relative.
    func path(_ text: String) -> String {
        URL(fileURLWithPath: NSString(string: text).expandingTildeInPath, relativeTo: url).standardizedFileURL.path
    }

    /// An endpoint, whose path begins here if it has one and that is relative.
    func endpoint(_ text: String) -> String {
        for scheme in ["olx:", "bson:", "file:", "sqlite:"]
        where text.lowercased().hasPrefix(scheme) && text.count > scheme.count {
            let place = text.dropFirst(scheme.count)
            return place.hasPrefix("/") ? text : scheme + path(String(place))
        }
        return text
    }
}

/// The places of one platform, as `mallow.yaml` names them.
package struct ConfiguredPlatform: Sendable {
    package let source: Found<String>?
    package let store: Found<String>?
    package let catalog: Found<String>?
    /// What stands before an object's name in edx-val.
    package let prefix: Found<String>?
    package let secrets: [SecretName: SecretSource]
    /// Hosts, in small letters, that production once was on and that are gone for good: how somebody knows that.
    package let retired: [String: Found<String>]

    /// - Parameters:
    ///   - section: nil for nothing.
    ///   - known: what may be written there, besides secrets.
    init(_ section: Section?, of known: [String], in folder: Folder, _ findings: inout Findings) {
        section?.refuseStrangers(among: known + ["secrets"], &findings)
        source = section?.text("source", &findings)?.map(folder.endpoint)
        store = section?.text("store", &findings)?.map(folder.endpoint)
        catalog = section?.text("catalog", &findings)?.map(folder.endpoint)
        // An empty one is one.
        let prefix = section?["prefix"]
        self.prefix = prefix?.isEmptyText == true ? prefix.map { Found("", $0.origin) } : prefix?.text(&findings)
        var secrets: [SecretName: SecretSource] = [:]
        if let written = section?.section("secrets", &findings) {
            written.refuseStrangers(among: SecretName.allCases.map(\.rawValue), &findings)
            for name in SecretName.allCases {
                secrets[name] = written[name.rawValue].flatMap { SecretSource($0, in: folder, &findings) }
            }
        }
        self.secrets = secrets
        var retired: [String: Found<String>] = [:]
        if known.contains("retired"), let written = section?.section("retired", &findings) {
            for host in written.keys {
                retired[host.lowercased()] = written.required(
                    host, example: "switched off in May, its data moved to db.internal", &findings)
            }
        }
        self.retired = retired
    }
}

/// The window as `mallow.yaml` writes it; what the texts mean is the business of whoever keeps the hours.
package struct ConfiguredWindow: Sendable {
    /// nil for every day.
    package let days: Found<String>?
    package let hours: Found<String>?
    package let zone: Found<String>?

    init(_ section: Section, _ findings: inout Findings) {
        section.refuseStrangers(among: ["days", "hours", "zone"], &findings)
        days = section.text("days", &findings)
        hours = section.required("hours", example: "22:00-05:00", &findings)
        zone = section.required("zone", example: "Europe/Berlin", &findings)
    }
}

extension SecretSource {
    /// Reads one of the ways to say where a secret is; nil for none of them, which is a problem then.
    fileprivate init?(_ setting: Setting, in folder: Folder, _ findings: inout Findings) {
        guard let section = setting.inner else {
            guard let reference = setting.secret(&findings) else { return nil }
            do throws(FileProblem) {
                try Self.refuseOpen(reference.file, line: reference.line)
            } catch {
                findings.complain(error)
            }
            self = .written(reference)
            return
        }
        section.refuseStrangers(among: ["env", "file", "platform", "key"], &findings)
        let ways = [section["env"], section["file"], section["platform"]].compactMap(\.self)
        guard ways.count == 1, let way = ways.first else {
            findings.complain(
                setting.place, "\(setting.path) names \(ways.isEmpty ? "no place" : "more than one place")",
                advice: "write one of {env: NAME}, {file: PATH} and {platform: PATH, key: KEY}")
            return nil
        }
        guard let text = way.text(&findings) else { return nil }
        let path = folder.path(text.value)
        switch way.key {
        case "env":
            let place = SecretReference(
                file: setting.place.file, line: setting.place.line ?? 1, keyPath: setting.path, isEmpty: false)
            self = .variable(text.value, place)
        case "file": self = .file(path)
        default:
            guard let key = section.required("key", example: "DATABASES.default.PASSWORD", &findings) else {
                return nil
            }
            self = .written(SecretReference(file: path, line: 1, keyPath: key.value, isEmpty: false))
        }
    }
}

extension Section {
    /// Says which keys nobody knows, and which were perhaps meant.
    fileprivate func refuseStrangers(among known: [String], _ findings: inout Findings) {
        for key in keys where !known.contains(key) {
            let near = known.nearest(to: key)
            // Where secrets stand, a key may be one: a blank that is missing makes it one.
            let name = path.contains("secrets") ? "a key below \(path)" : path(of: key)
            findings.complain(
                place(of: key), "nobody knows \(name)",
                advice: near.map { "perhaps \($0) is meant" } ?? "write one of \(known.joined(separator: ", "))")
        }
    }
}
