// SPDX-License-Identifier: Apache-2.0

/// A key that could not be read, and why.
package struct InvalidKey: Error, Sendable, Hashable, CustomStringConvertible {
    package let text: String
    package let reason: String

    package var description: String { "\"\(text)\" is not a key: \(reason)" }
}

/// Which of the platform's two ways of naming things a key belongs to.
package enum KeyGeneration: Sendable, Hashable {
    /// `Org/Course/Run`, the old modulestore.
    case slashes
    /// `course-v1:Org+Course+Run`, the split modulestore.
    case plus
}

/// The key of a course, of either generation.
///
/// Open edX: three parts, each of Unicode word characters or `-~.:` (section 4).
package struct CourseKey: BytewiseName {
    package let text: String

    package init(unchecked text: String) { self.text = text }

    /// Reads a key as an operator or a database writes it.
    ///
    /// - Throws: ``InvalidKey`` with the rule that is broken.
    package init(_ text: String) throws(InvalidKey) {
        try Self.validate(text)
        self.text = text
    }

    /// A key of the split generation, as an export's `course.xml` names it.
    ///
    /// - Throws: ``InvalidKey`` when a part is empty or holds a character that no key can hold.
    package init(organization: String, course: String, run: String) throws(InvalidKey) {
        try self.init("course-v1:\(organization)+\(course)+\(run)")
    }

    package var generation: KeyGeneration { text.utf8.starts(with: "course-v1:".utf8) ? .plus : .slashes }

    /// Organization, course and run, in this order.
    package var parts: (organization: String, course: String, run: String) {
        let (separator, body): (Character, Substring) =
            generation == .plus ? ("+", text.dropFirst("course-v1:".count)) : ("/", text[...])
        let pieces = body.split(separator: separator, omittingEmptySubsequences: false).map(String.init)
        precondition(pieces.count == 3, "a course key has three parts")
        return (pieces[0], pieces[1], pieces[2])
    }

    private static func validate(_ text: String) throws(InvalidKey) {
        let isSplit = text.hasPrefix("course-v1:")
        if !isSplit, let colon = text.firstIndex(of: ":"), !text.contains("/") {
            throw InvalidKey(
                text: text, reason: "\(text[..<colon]) keys are not course keys; courses are course-v1:Org+Course+Run")
        }
        let body = isSplit ? text.dropFirst("course-v1:".count) : text[...]
        let separator: Character = isSplit ? "+" : "/"
        let pieces = body.split(separator: separator, omittingEmptySubsequences: false)
        guard pieces.count == 3 else {
            throw InvalidKey(
                text: text,
                reason: "it has \(pieces.count) parts; a course key is course-v1:Org+Course+Run or Org/Course/Run")
        }
        for piece in pieces {
            guard !piece.isEmpty else { throw InvalidKey(text: text, reason: "one of its three parts is empty") }
            if let bad = piece.unicodeScalars.first(where: { !KeyCharacters.mayStandInKey($0) }) {
                throw InvalidKey(
                    text: text, reason: "the character \(bad.escaped(asASCII: true)) cannot stand in a course key")
            }
        }
    }
}

/// The characters that names and keys are made of.
package enum KeyCharacters {
    /// Letters, digits and underscore of Unicode, without combining marks.
    ///
    /// Open edX: word characters of Python's regular expressions (sections 3.4 and 4).
    package static func isWord(_ scalar: Unicode.Scalar) -> Bool {
        if scalar.isASCII {
            switch scalar {
            case "a"..."z", "A"..."Z", "0"..."9", "_": return true
            default: return false
            }
        }
        switch scalar.properties.generalCategory {
        case .uppercaseLetter, .lowercaseLetter, .titlecaseLetter, .modifierLetter, .otherLetter,
            .decimalNumber, .letterNumber, .otherNumber:
            return true
        default: return false
        }
    }

    static func mayStandInKey(_ scalar: Unicode.Scalar) -> Bool {
        isWord(scalar) || scalar == "-" || scalar == "~" || scalar == "." || scalar == ":"
    }
}
