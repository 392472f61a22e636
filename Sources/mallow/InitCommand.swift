// SPDX-License-Identifier: Apache-2.0
import ArgumentParser
import Deployment
import Foundation
import PlatformSettings
import Settings

/// `mallow init`
struct InitCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "init",
        abstract: "Writes a commented mallow.yaml from what the platform's own settings say.",
        discussion: """
            Reads lms.yml and studio.yml (or cms.yml), older *.env.json with *.auth.json, or Tutor's config.yml with what \
            it renders, and says where it found each value. Secrets are not copied: the configuration says where they are. \
            Nothing that is there is overwritten.

            Example:
              mallow init --platform /edx/etc
              mallow init --platform "$(tutor config printroot)"
              mallow init --platform /edx/etc/studio.yml --output -
            """
    )

    @Option(
        help: ArgumentHelp(
            "A file or a folder of the platform's settings. Default: what CMS_CFG and LMS_CFG name.", valueName: "PATH")
    )
    var platform: String?

    @Flag(help: "Look at no platform: write a configuration to fill in.")
    var empty = false

    @Option(help: ArgumentHelp("Where to write it; - for standard output.", valueName: "FILE"))
    var output = Configuration.fileName

    @Flag(help: "Print one JSON object with what was found, instead of lines.")
    var json = false

    /// Its encoded form is a contract with scripts.
    private struct Report: Encodable {
        struct Finding: Encodable {
            let name: String
            /// Stars for a secret.
            let value: String
            let origin: String
        }

        let settings: [Finding]
        let notes: [String]
        /// Where the configuration is; null for standard output.
        let written: String?
    }

    func run() throws {
        if json && output == "-" {
            throw UsageError("--json and --output - both print to standard output; name a file for one of them.")
        }
        let settings = empty ? nil : try read()
        let draft = ConfigurationDraft(
            settings, schemes: Set([.source, .store, .catalog].flatMap(\Endpoint.Role.schemes))
        ).text
        let report = Report(
            settings: settings.map(Self.findings) ?? [], notes: settings?.notes.map(\.description) ?? [],
            written: output == "-" ? nil : URL(fileURLWithPath: output).path)
        if output == "-" { Output.print(draft, terminator: "") } else { try write(draft) }
        if json { return Output.print(json: report) }
        // What was found goes beside what is asked for, not into it.
        let tell = output == "-" ? Output.complain : { Output.print($0) }
        let width = report.settings.map(\.name.count).max() ?? 0
        for finding in report.settings {
            tell("\(finding.name.padding(toLength: width, withPad: " ", startingAt: 0))  \(finding.value)")
            tell("\(String(repeating: " ", count: width))    from \(finding.origin)")
        }
        report.notes.forEach { tell("note: \($0)") }
        if let written = report.written {
            tell("wrote \(written); look through it, then prove it with mallow doctor --config '\(written)'")
        }
    }

    private func read() throws -> PlatformSettings {
        let settings: PlatformSettings
        do {
            settings = try PlatformSettings(at: platform, environment: ProcessInfo.processInfo.environment)
        } catch {
            throw UsageError("\(error) Or mallow init --empty, to fill in by hand.")
        }
        guard settings.problems.isEmpty else { throw InvalidConfiguration(problems: settings.problems) }
        return settings
    }

    /// For this user alone, as operators may write secrets into it; never over a file that is there.
    private func write(_ text: String) throws {
        let descriptor = open(output, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else {
            let advice = errno == EEXIST ? "it is there already: remove it, or name another one with --output" : nil
            let reason = advice ?? "\(String(cString: strerror(errno))); name another file with --output"
            throw UsageError("\(output) cannot be written: \(reason).")
        }
        let file = FileHandle(fileDescriptor: descriptor, closeOnDealloc: true)
        do {
            try file.write(contentsOf: Array(text.utf8))
            try file.synchronize()
        } catch {
            // Half a configuration would be in the way of the next one.
            unlink(output)
            throw UsageError("\(output) cannot be written: \(error.localizedDescription)")
        }
    }

    private static func findings(_ settings: PlatformSettings) -> [Report.Finding] {
        let (mysql, transcripts) = (settings.mysql, settings.transcripts)
        let places: [(String, String?, Origin?)] = [
            ("source", settings.source, settings.mongo?.database.origin),
            ("store", settings.store, transcripts?.store?.origin), ("catalog", settings.catalog, mysql?.host.origin),
            ("prefix", transcripts?.prefix?.value, transcripts?.prefix?.origin),
        ]
        return places.compactMap { name, value, origin in
            guard let value, let origin else { return nil }
            return Report.Finding(name: name, value: value, origin: "\(origin)")
        }
            + SecretName.allCases.compactMap { name in
                settings.secret(name).map {
                    Report.Finding(name: name.rawValue, value: $0.isEmpty ? "(empty)" : "****", origin: "\($0)")
                }
            }
    }
}
