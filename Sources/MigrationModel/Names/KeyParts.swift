// SPDX-License-Identifier: Apache-2.0

extension String {
    /// The parts of a key after its prefix, none of them empty; nil when it has another prefix or another number of parts.
    ///
    /// By code points: to `Character`, a combining mark at the beginning of a name belongs to the separator before it.
    func keyParts(after prefix: String, separatedBy separator: Unicode.Scalar, count: Int) -> [String]? {
        guard unicodeScalars.starts(with: prefix.unicodeScalars) else { return nil }
        let parts = unicodeScalars.dropFirst(prefix.unicodeScalars.count)
            .split(separator: separator, omittingEmptySubsequences: false)
        guard parts.count == count, parts.allSatisfy({ !$0.isEmpty }) else { return nil }
        return parts.map { String(String.UnicodeScalarView($0)) }
    }

    /// What follows a prefix; nil when it does not begin with it, or nothing follows.
    func keyPart(after prefix: String) -> String? {
        keyParts(after: prefix, separatedBy: "\0", count: 1)?.first
    }
}
