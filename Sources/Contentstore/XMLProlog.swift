// SPDX-License-Identifier: Apache-2.0
import Foundation

/// What stands in a document before its first element, looked at before any parser sees it.
///
/// Only there may XML declare a document type, and with it entities that grow without end or read other files.
struct XMLProlog {
    private let bytes: [UInt8]

    init(_ bytes: [UInt8]) { self.bytes = bytes }

    /// Why the document must not be parsed; nil when it may.
    var problem: XMLProblem? {
        if let index = bytes.firstIndex(of: 0) { return problem(at: index, "a NUL byte") }
        if let index = firstInvalidUTF8 { return problem(at: index, "bytes that are not UTF-8") }
        var index = bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? 3 : 0
        while index < bytes.count {
            if bytes[index] <= 0x20 {
                index += 1
            } else if starts("<?", at: index) {
                guard let end = end(of: "?>", from: index) else { return nil }
                let instruction = String(decoding: bytes[index..<end], as: UTF8.self)
                if let encoding = Self.foreignEncoding(in: instruction) {
                    return problem(at: index, "it says that it is \(encoding), not UTF-8")
                }
                index = end
            } else if starts("<!--", at: index) {
                guard let end = end(of: "-->", from: index + 4) else { return nil }
                index = end
            } else if starts("<!", at: index) {
                return problem(at: index, "it declares a document type or entities, which no export needs")
            } else {
                return nil
            }
        }
        return nil
    }

    private func problem(at index: Int, _ cause: String) -> XMLProblem {
        XMLProblem(line: 1 + bytes[..<index].count { $0 == 0x0A }, cause: cause)
    }

    private func starts(_ text: String, at index: Int) -> Bool { bytes[index...].starts(with: text.utf8) }

    /// Behind the first `mark` from `index` on.
    private func end(of mark: String, from index: Int) -> Int? {
        guard index < bytes.count else { return nil }
        return bytes[index...].indices.first { starts(mark, at: $0) }.map { $0 + mark.utf8.count }
    }

    private var firstInvalidUTF8: Int? {
        let isValid = bytes.withUnsafeBufferPointer { String(validating: $0, as: UTF8.self) != nil }
        guard !isValid else { return nil }
        var parser = Unicode.UTF8.ForwardParser()
        var rest = bytes.makeIterator()
        var index = 0
        while true {
            switch parser.parseScalar(from: &rest) {
            case .valid(let scalar): index += scalar.count
            case .error: return min(index, bytes.count - 1)
            case .emptyInput: return nil
            }
        }
    }

    private static func foreignEncoding(in instruction: String) -> String? {
        guard instruction.hasPrefix("<?xml "), let mark = instruction.range(of: "encoding") else { return nil }
        let value = instruction[mark.upperBound...].drop { $0 == " " || $0 == "=" }
        guard let quote = value.first, quote == "\"" || quote == "'" else { return nil }
        let encoding = value.dropFirst().prefix { $0 != quote }
        return ["utf-8", "utf8", "us-ascii", "ascii"].contains(encoding.lowercased()) ? nil : String(encoding)
    }
}
