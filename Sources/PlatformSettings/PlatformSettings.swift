// SPDX-License-Identifier: Apache-2.0
package import Settings

/// What an Open edX platform's own files say about where its courses, transcripts and tables are. No secret is in it:
/// those are ``SecretReference``s.
package struct PlatformSettings: Sendable, Hashable {
    package let files: PlatformFiles
    /// Nil where a problem says why.
    package let mongo: MongoSettings?
    /// Nil where a problem says why.
    package let mysql: MySQLSettings?
    /// Nil where a problem says why.
    package let transcripts: TranscriptSettings?
    /// Everything that is wrong, file by file, from the first line to the last. Empty where all of it can be used.
    package let problems: [FileProblem]
    /// What an operator should know all the same.
    package let notes: [SettingsNote]

    /// Reads the files. Blocks.
    package init(_ files: PlatformFiles) {
        let main = PlatformReading(tutor: files.tutor, files.services.first)
        var findings = main.findings
        for file in files.unread {
            findings.note(Place(file: file), "the file is not read: others beside it say the same, and go before it")
        }
        for service in files.services.dropFirst() {
            main.compare(with: PlatformReading(tutor: files.tutor, service), service, &findings)
        }
        self.files = files
        mongo = main.mongo
        mysql = main.mysql
        transcripts = main.transcripts
        problems = findings.problems.inOrder()
        notes = findings.notes
    }

    /// Where one of the secrets stands; nil where the platform has none.
    package func secret(_ name: SecretName) -> SecretReference? {
        switch name {
        case .sourcePassword: mongo?.password
        case .catalogPassword: mysql?.password
        case .accessKeyID: transcripts?.keys?.accessKeyID
        case .secretAccessKey: transcripts?.keys?.secretAccessKey
        case .sessionToken: transcripts?.keys?.sessionToken
        }
    }

    /// Finds the files and reads them. Blocks.
    ///
    /// - Parameters:
    ///   - path: a file or a folder; nil for those that `CMS_CFG` and `LMS_CFG` of the environment name.
    /// - Throws: ``FileProblem`` where there are none.
    package init(at path: String?, environment: [String: String]) throws(FileProblem) {
        self.init(try PlatformFiles(at: path, environment: environment))
    }
}
