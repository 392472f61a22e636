// SPDX-License-Identifier: Apache-2.0
import Settings

/// How a platform keeps transcripts: its `VIDEO_TRANSCRIPTS_SETTINGS`, and what they refer to.
package struct TranscriptSettings: Sendable, Hashable {
    /// Nil where a problem says why, or a note that it cannot be known.
    package let store: TranscriptStore?
    /// What the names in edx-val begin with; may be empty. Nil where it is wrong.
    package let prefix: Found<String>?
    /// The longest transcript that may be uploaded, in bytes. Nil where it is wrong.
    package let mostBytes: Found<Int>?
    /// Nil where they are wrong.
    package let keys: AWSKeys?

    private static let usual = Origin.rule("Open edX's default")

    /// - Parameter tutor: Tutor's `config.yml`, whose store holds where the rendered files name none.
    init(_ root: Section, tutor: TutorStore? = nil, _ findings: inout Findings) {
        let key = "VIDEO_TRANSCRIPTS_SETTINGS"
        let section = root.section(key, &findings)
        if root[key] != nil, section == nil {
            // What is below a broken key cannot be looked at, and its defaults are not what is meant.
            (store, prefix, mostBytes, keys) = (nil, nil, nil, nil)
            return
        }
        prefix = Self.prefix(section, &findings)
        mostBytes = Self.mostBytes(section, &findings)
        if let tutor, ["STORAGES", "DEFAULT_FILE_STORAGE", key].allSatisfy({ root[$0] == nil }) {
            store = tutor.store(&findings)
            keys = Self.keys(root, nil, tutor, &findings)
            return
        }
        let choice = StorageChoice(root, section, &findings)
        store = choice.flatMap { TranscriptStore($0, root, mediaRoot: tutor?.mediaRoot, &findings) }
        keys = Self.keys(root, choice, tutor, &findings)
        if section == nil, let choice, choice.kind == .bucket {
            findings.note(
                choice.place,
                "\(key) is missing, and Open edX's own may add a location to the bucket: "
                    + "compare with where its transcripts are")
        }
    }

    /// What Tutor's own settings say where nothing is rendered yet.
    init(_ tutor: TutorStore, _ findings: inout Findings) {
        prefix = Self.prefix(nil, &findings)
        mostBytes = Self.mostBytes(nil, &findings)
        store = tutor.store(&findings)
        keys = AWSKeys(tutor: tutor.config, &findings)
    }

    /// Open edX: Tutor renders its keys; those that are not are in its `config.yml`.
    private static func keys(
        _ root: Section, _ choice: StorageChoice?, _ tutor: TutorStore?, _ findings: inout Findings
    ) -> AWSKeys? {
        let keys = AWSKeys(root, choice?.options, &findings)
        guard let tutor, keys?.isComplete == false else { return keys }
        return AWSKeys(tutor: tutor.config, &findings)
    }

    /// Open edX: names are the prefix and what follows it, put together as they are. The whole of the settings has a
    /// prefix by default; settings that are written without one have none.
    private static func prefix(_ section: Section?, _ findings: inout Findings) -> Found<String>? {
        guard let section else { return Found("video-transcripts/", usual) }
        guard let setting = section["DIRECTORY_PREFIX"] else {
            return Found("", .rule("edx-val's default"))
        }
        let known = findings.problems.count
        guard let prefix = setting.text(&findings) else {
            return findings.problems.count == known ? Found("", setting.origin) : nil
        }
        let parts = prefix.value.split(separator: "/", omittingEmptySubsequences: false)
        let wrong: String? =
            if prefix.value.hasPrefix("/") {
                "begins with a slash"
            } else if parts.contains("..") || parts.contains(".") {
                "contains a part . or .."
            } else if parts.dropLast().contains("") {
                "contains two slashes in a row"
            } else if prefix.value.contains("\\") || prefix.value.unicodeScalars.contains(where: { $0.value < 0x20 }) {
                "contains a backslash or a control character"
            } else {
                nil
            }
        if let wrong {
            findings.complain(
                setting.place, "\(setting.path) \(wrong)",
                advice: "write for example DIRECTORY_PREFIX: video-transcripts/")
            return nil
        }
        if !prefix.value.hasSuffix("/") {
            findings.note(
                setting.place,
                "\(setting.path) has no slash at its end: names will begin with \(prefix.value) and go on at once")
        }
        return prefix
    }

    private static func mostBytes(_ section: Section?, _ findings: inout Findings) -> Found<Int>? {
        guard let setting = section?["VIDEO_TRANSCRIPTS_MAX_BYTES"] else { return Found(3_145_728, usual) }
        guard setting.kind == .number, let bytes = setting.integer, bytes > 0 else {
            let problem = setting.kind == .number ? "no whole number above 0" : "\(setting.kind), not a number of bytes"
            findings.complain(
                setting.place, "\(setting.path) is \(problem)",
                advice: "write it without quotes, such as \(setting.key): 3145728")
            return nil
        }
        return Found(bytes, setting.origin)
    }
}
