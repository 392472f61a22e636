// SPDX-License-Identifier: Apache-2.0

/// A `mallow.yaml` to begin with, with a comment on every line of it that somebody may want to change.
package struct ConfigurationDraft: Sendable {
    private static let width = 100

    private let settings: PlatformSettings?
    /// Schemes of endpoints that this build can open, without colons.
    private let schemes: Set<String>

    /// - Parameters:
    ///   - settings: what the platform's own files say; nil for nothing but examples.
    ///   - schemes: those of endpoints that this build can open.
    package init(_ settings: PlatformSettings?, schemes: Set<String>) {
        self.settings = settings
        self.schemes = schemes
    }

    /// The file's text. No secret is in it.
    package var text: String {
        var lines = ["# Where Mallow finds this platform; mallow reads it from this folder, or where --config says."]
        if let settings {
            lines.append("# Written from:")
            lines += settings.files.read.map { "#   \($0)" }
        }
        lines += [
            "# Secrets are not in it: it says where each is to be had, and variables of the environment go first.", "",
            "production:",
        ]
        lines += source + [""] + store + [""] + catalog + [""] + prefix + [""] + secrets
        lines += [""] + staging
        lines += [
            "", "# Every checkpoint. Default: mallow/mallow.ledger in the state folder.", "# ledger: mallow.ledger",
            "", "# The hours in which videos may start. Default: every hour.",
            "# window: {days: mon-thu, hours: 22:00-05:00, zone: Europe/Berlin}",
        ]
        return lines.joined(separator: "\n") + "\n"
    }

    // MARK: - Places

    private var source: [String] {
        guard let found = settings?.source, let mongo = settings?.mongo else {
            return example("source", "olx:/var/exports", "Where courses are read: a folder of OLX exports.")
        }
        if knows(found) { return setting("source", found, mongo.database.origin) }
        return comments(["This build does not read mongodb: export the courses, and name the folder."])
            + ["  # source: \(Self.quoted(found))"] + example("source", "olx:/var/exports", nil)
    }

    private var store: [String] {
        guard let store = settings?.transcripts?.store else {
            return example(
                "store", "s3://BUCKET?region=REGION",
                "Where transcripts go: the bucket that the platform reads them from.")
        }
        return setting("store", store.endpoint, store.origin)
    }

    private var catalog: [String] {
        guard let mysql = settings?.mysql else {
            return example(
                "catalog", "mysql://USER@HOST:3306/DATABASE", "edx-val's tables: the platform's own database.")
        }
        if knows(mysql.endpoint) { return setting("catalog", mysql.endpoint, mysql.host.origin) }
        return comments(["This build does not know mysql: build it with --traits MySQL, and take the # away."])
            + ["  # catalog: \(Self.quoted(mysql.endpoint))"]
    }

    private func knows(_ endpoint: String) -> Bool { schemes.contains { endpoint.hasPrefix($0 + ":") } }

    private var prefix: [String] {
        guard let prefix = settings?.transcripts?.prefix else {
            return example("prefix", "video-transcripts/", "What stands before an object's name in edx-val.")
        }
        return setting("prefix", prefix.value, prefix.origin)
    }

    // MARK: - Staging

    /// Nothing of it is known: the platform's files name production's places.
    private var staging: [String] {
        [
            "# Where rehearsals write: a bucket and tables of their own, for the same courses. A production run wants two",
            "# rehearsals before it: mallow run --rehearsal --all",
            "# staging:",
            "#   store: s3://STAGING-BUCKET?region=REGION",
            "#   catalog: mysql://USER@STAGING-HOST:3306/DATABASE",
            "#   secrets:",
            "#     \(SecretName.catalogPassword.rawValue): {env: STAGING_CATALOG_PASSWORD}",
        ]
    }

    // MARK: - Secrets

    private var secrets: [String] {
        let found = SecretName.allCases.map { ($0, settings?.secret($0)) }
        var lines = comments([
            "Each secret is one of {env: NAME}, {file: PATH} (chmod 600) and {platform: PATH, key: KEY}; without AWS's keys "
                + "the profile, the container or the machine's role gives them."
        ])
        let there = found.filter { $0.1?.isEmpty == false }
        lines.append(there.isEmpty ? "  # secrets:" : "  secrets:")
        for (name, reference) in found {
            guard let reference, !reference.isEmpty else {
                lines.append("    # \(name.rawValue): {env: \(name.variable)}")
                continue
            }
            let key = Self.quoted(reference.keyPath)
            lines.append("    \(name.rawValue): {platform: \(Self.quoted(reference.file)), key: \(key)}")
        }
        return lines
    }

    // MARK: - Lines

    private func setting(_ key: String, _ value: String, _ origin: Origin) -> [String] {
        comments(["\(origin)"]) + ["  \(key): \(Self.quoted(value))"]
    }

    private func example(_ key: String, _ value: String, _ why: String?) -> [String] {
        (why.map { comments([$0]) } ?? []) + ["  # \(key): \(value)"]
    }

    private func comments(_ texts: [String]) -> [String] {
        texts.flatMap { text in
            var lines: [String] = []
            for word in text.split(separator: " ") {
                if let last = lines.last, last.count + word.count < Self.width {
                    lines[lines.count - 1] = last + " " + word
                } else {
                    lines.append("  # " + word)
                }
            }
            return lines
        }
    }

    /// A value as YAML takes it for the text that it is.
    private static func quoted(_ text: String) -> String {
        let plain = Set("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._~:/?&=%@+")
        // Without a sign in it that no other kind of value has, a word may be a number or a truth.
        let isPlain =
            text.allSatisfy(plain.contains) && text.contains { "/.".contains($0) } && !text.hasSuffix(":")
            && text.first.map { $0.isLetter || $0 == "/" } == true
        return isPlain ? text : "'" + text.replacing("'", with: "''") + "'"
    }
}
