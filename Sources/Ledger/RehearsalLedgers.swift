// SPDX-License-Identifier: Apache-2.0
import Foundation

/// The ledgers of rehearsals: files beside production's, each with a number in its name. `mallow.ledger` has
/// `mallow.rehearsal-1.ledger`, and so on.
package struct RehearsalLedgers: Sendable, Hashable {
    /// Production's ledger.
    package let production: String
    /// Which of them was named instead of production's; nil for none.
    package let named: Int?

    private static let mark = ".rehearsal-"

    private let folder: URL
    /// What stands before and behind the mark and the number.
    private let stem: String
    private let ending: String

    /// - Parameter path: production's ledger, or one of a rehearsal.
    package init(_ path: String) {
        let url = URL(fileURLWithPath: path)
        folder = url.deletingLastPathComponent()
        let name = url.lastPathComponent
        guard let mark = name.range(of: Self.mark, options: .backwards),
            let number = Self.number(name[mark.upperBound...].prefix { $0 != "." })
        else {
            ending = url.pathExtension.isEmpty ? "" : ".\(url.pathExtension)"
            stem = String(name.dropLast(ending.count))
            (production, named) = (path, nil)
            return
        }
        stem = String(name[..<mark.lowerBound])
        ending = String(name[mark.upperBound...].drop { $0 != "." })
        (production, named) = (folder.appending(path: stem + ending).path, number)
    }

    package func path(_ number: Int) -> String { folder.appending(path: name(number)).path }

    /// What production's ledger calls it.
    package func name(_ number: Int) -> String { "\(stem)\(Self.mark)\(number)\(ending)" }

    /// The newest that is there; nil when none is. Blocks.
    package var newest: Int? { numbers.max() }

    /// The newest with a run over courses in it: one that was only listed into has nothing to tell. nil when none is.
    /// Blocks.
    ///
    /// - Throws: ``Failure`` when a ledger cannot be read.
    package func newestRun() throws -> Int? { try numbers.sorted(by: >).first { try Ledger.hasRun(path($0)) } }

    private var numbers: [Int] {
        let names = try? FileManager.default.contentsOfDirectory(atPath: folder.path)  // a folder that is not there
        return names?.compactMap(number) ?? []
    }

    /// The one that a rehearsal goes on with: the newest that may still come to count, else the next.
    /// Blocks.
    ///
    /// - Throws: ``Failure`` when a ledger cannot be read.
    package func next() throws -> Int {
        let completed = try Ledger.rehearsals(knownTo: production)
        let last = max(newest ?? 0, completed.compactMap { number($0.ledger) }.max() ?? 0)
        guard last > 0, !completed.contains(where: { $0.ledger == name(last) }) else { return last + 1 }
        // Staging was full then, and may be empty now: what it knows of the place would only be in the way.
        return try Ledger.isSpent(path(last), after: completed) ? last + 1 : last
    }

    /// The number in a file's name; nil for another file.
    private func number(_ name: String) -> Int? {
        guard name.hasPrefix(stem + Self.mark), name.hasSuffix(ending) else { return nil }
        return Self.number(name.dropFirst(stem.count + Self.mark.count).dropLast(ending.count))
    }

    /// 1 or more, as this program writes it.
    private static func number(_ text: Substring) -> Int? { Int(text).flatMap { $0 > 0 && "\($0)" == text ? $0 : nil } }
}
