// SPDX-License-Identifier: Apache-2.0
#if MongoDB
import Mongo

/// Where the documents of one collection stand by what they are asked for: 24 bytes a document, whatever their names.
struct DumpIndex {
    private struct Entry {
        /// Of the term that it is asked for by; two terms may share one.
        let hash: Int
        /// What orders the documents of one term.
        let number: Int
        let offset: Int
    }

    private var entries: [Entry] = []

    /// - Parameter terms: what a document is asked for by, and what orders it among those of the same; nil for one that
    ///   nobody asks for.
    init(_ file: DumpFile, by terms: (DocumentView) throws -> (Term, order: Int)?) throws {
        try file.scan { offset, document in
            guard let (term, number) = try terms(document) else { return }
            entries.append(Entry(hash: term.hashValue, number: number, offset: offset))
        }
        entries.sort { ($0.hash, $0.number, $0.offset) < ($1.hash, $1.number, $1.offset) }
    }

    /// Where documents begin that may be those of a term, in order.
    func offsets(of term: Term) -> [Int] {
        let hash = term.hashValue
        var (low, high) = (0, entries.count)
        while low < high {
            let middle = (low + high) / 2
            if entries[middle].hash < hash { low = middle + 1 } else { high = middle }
        }
        return entries[low...].prefix { $0.hash == hash }.map(\.offset)
    }
}
#endif
