// SPDX-License-Identifier: Apache-2.0
import Foundation

/// Why a text is no SJSON.
struct UnreadableJSON: Error {
    /// Whether it is JSON at all, so that it cannot be SubRip.
    let isJSON: Bool
    /// What is wrong, and where.
    let reason: String
}

/// An SJSON file as Foundation decodes it, held to what a browser takes.
struct SJSONFile {
    let start: [Double]
    let end: [Double]
    let text: [String?]
    /// Sorted.
    let unknownKeys: [String]

    /// - Parameter bytes: valid UTF-8 without a byte order mark.
    /// - Throws: ``UnreadableJSON``.
    init(reading bytes: [UInt8]) throws(UnreadableJSON) {
        // A NUL stands in no JSON, but Foundation would take the text for UTF-16.
        guard !bytes.contains(0) else { throw UnreadableJSON(isJSON: false, reason: "it holds a NUL byte") }
        let data = Data(bytes)
        do {
            self = try JSONDecoder().decode(SJSONFile.self, from: data)
        } catch {
            throw Self.reason(for: error, in: data)
        }
        let shape = JSONShape(of: bytes)
        if let offset = shape.trailingComma {
            throw UnreadableJSON(isJSON: false, reason: "there is a comma before the bracket at byte \(offset)")
        }
        guard shape.keyCount == unknownKeys.count + 3 else {
            throw UnreadableJSON(isJSON: true, reason: "a key stands in it twice")
        }
        // The decoder never looks at values that nobody asks for.
        if !unknownKeys.isEmpty, let objection = Self.objection(to: data) {
            throw UnreadableJSON(isJSON: false, reason: objection)
        }
    }

    private static func reason(for error: any Error, in data: Data) -> UnreadableJSON {
        switch error {
        case DecodingError.keyNotFound(let key, _):
            return UnreadableJSON(isJSON: true, reason: "there is no array \"\(key.stringValue)\"")
        case DecodingError.typeMismatch(_, let context), DecodingError.valueNotFound(_, let context):
            return UnreadableJSON(isJSON: true, reason: mismatch(at: context.codingPath))
        default:
            return UnreadableJSON(isJSON: false, reason: objection(to: data) ?? "it cannot be read: \(error)")
        }
    }

    /// What Foundation's other reader says, which looks at everything and names the place; nil when it finds no fault.
    private static func objection(to data: Data) -> String? {
        do {
            _ = try JSONSerialization.jsonObject(with: data, options: .fragmentsAllowed)
            return nil
        } catch {
            let words = (error as NSError).userInfo[NSDebugDescriptionErrorKey] as? String ?? "\(error)"
            let scalars = words.unicodeScalars.prefix(200).map { $0.escaped(asASCII: true) }.joined()
            return scalars.hasSuffix(".") ? String(scalars.dropLast()) : scalars
        }
    }

    private static func mismatch(at path: [any CodingKey]) -> String {
        let name = path.map { key in key.intValue.map { "[\($0)]" } ?? key.stringValue }.joined()
        return switch path.count {
        case 0: "it is no object"
        case 1: "\(name) is no array"
        default: "\(name) is \(path[0].stringValue == "text" ? "neither a string nor null" : "no number")"
        }
    }
}

extension SJSONFile: Decodable {
    /// Any key at all, so that the unknown ones show.
    private struct Key: CodingKey {
        let stringValue: String
        var intValue: Int? { nil }

        init(stringValue: String) { self.stringValue = stringValue }
        init?(intValue: Int) { nil }
    }

    /// Element by element: a third of the time that decoding whole arrays takes.
    init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: Key.self)
        start = try Self.times(in: container.nestedUnkeyedContainer(forKey: Key(stringValue: "start")))
        end = try Self.times(in: container.nestedUnkeyedContainer(forKey: Key(stringValue: "end")))
        text = try Self.texts(in: container.nestedUnkeyedContainer(forKey: Key(stringValue: "text")))
        unknownKeys = container.allKeys.map(\.stringValue).filter { !["start", "end", "text"].contains($0) }.sorted()
    }

    private static func times(in list: any UnkeyedDecodingContainer) throws -> [Double] {
        var (list, times) = (list, [Double]())
        times.reserveCapacity(list.count ?? 0)
        while !list.isAtEnd { times.append(try list.decode(Double.self)) }
        return times
    }

    private static func texts(in list: any UnkeyedDecodingContainer) throws -> [String?] {
        var (list, texts) = (list, [String?]())
        texts.reserveCapacity(list.count ?? 0)
        while !list.isAtEnd { texts.append(try list.decodeNil() ? nil : list.decode(String.self)) }
        return texts
    }
}

/// What Foundation forgives in JSON although the player does not, or reads otherwise.
private struct JSONShape {
    /// Where a bracket closes right behind a comma.
    private(set) var trailingComma: Int?
    /// How many keys the outermost object has, repeated ones too: of those Foundation's decoder takes the first, a
    /// browser the last.
    private(set) var keyCount = 0

    /// - Parameter bytes: what Foundation has decoded.
    init(of bytes: [UInt8]) {
        var (depth, isInString, isEscaped) = (0, false, false)
        var last: UInt8 = 0
        for (index, byte) in bytes.enumerated() {
            if isInString {
                isInString = isEscaped || byte != 0x22
                isEscaped = !isEscaped && byte == 0x5C
                continue
            }
            switch byte {
            case 0x20, 0x09, 0x0A, 0x0D: continue
            case 0x22: isInString = true
            case 0x7B, 0x5B: depth += 1
            case 0x7D, 0x5D:
                depth -= 1
                if last == 0x2C { trailingComma = trailingComma ?? index }
            case 0x3A where depth == 1: keyCount += 1
            default: break
            }
            last = byte
        }
    }
}
