// SPDX-License-Identifier: Apache-2.0
package import MigrationModel

/// What decides which transcripts a run writes, and as what: a rehearsal has rehearsed the runs of its own manner.
package struct Manner: Sendable, Hashable, CustomStringConvertible {
    /// As it would stand on a command line, and as a ledger keeps it: the same for the same.
    package let description: String

    /// - Parameter prefix: what stands before an object's name in edx-val.
    package init(format: FormatPolicy, prefix: String, declaredOnly: Bool) {
        description = "--format=\(format.rawValue) --prefix=\(prefix)" + (declaredOnly ? " --declared-only" : "")
    }

    /// The manner of a run that is asked for with these words of a command line.
    ///
    /// - Parameter prefix: what holds where none of them names one.
    package init(choices: [String], prefix: String) {
        func value(_ option: String) -> String? {
            choices.last { $0.hasPrefix("\(option)=") }.map { String($0.dropFirst(option.count + 1)) }
        }
        self.init(
            format: value("--format").flatMap(FormatPolicy.init(rawValue:)) ?? .keep,
            prefix: value("--prefix") ?? prefix,
            declaredOnly: choices.contains("--declared-only"))
    }

    /// Reads what runs of earlier versions kept for the report; nil for what is no run over courses.
    init?(options: String) {
        guard let found = options.firstMatch(of: /, format (\w+), prefix (.*), error budget \d+(, declared only)?/),
            let format = FormatPolicy(rawValue: String(found.1))
        else { return nil }
        self.init(format: format, prefix: String(found.2), declaredOnly: found.3 != nil)
    }
}

/// What rehearsals are counted by.
package struct Rehearsed: Sendable, Hashable {
    package let source: String
    /// ``Manner``'s description.
    package let manner: String

    package init(source: String, manner: String) {
        self.source = source
        self.manner = manner
    }
}
