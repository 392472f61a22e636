// SPDX-License-Identifier: Apache-2.0
import Foundation
import MigrationModel

/// What one video element of an export says.
///
/// Open edX: section 7.2; how the attributes become fields follows the platform's own import.
struct VideoXML: Sendable, Hashable {
    /// Something in the element that was not taken, and in which line.
    struct Note: Sendable, Hashable {
        let line: Int
        let text: String
    }

    let fields: VideoFields
    let notes: [Note]
}

extension VideoXML {
    /// Collects a ``VideoXML`` while a parser reports the element and its direct children.
    struct Builder {
        private let attributes: [String: String]
        private let line: Int
        private var sources: [String] = []
        private var transcripts: [LanguageCode: String] = [:]
        private var notes: [Note] = []

        init(_ attributes: [String: String], line: Int) {
            self.attributes = attributes
            self.line = line
        }

        /// A child that stands directly in the video; deeper ones describe edx-val's side.
        mutating func child(_ type: String, _ attributes: [String: String]) {
            switch type {
            case "source":
                if let source = attributes["src"] { sources.append(source) }
            case "transcript":
                if let language = attributes["language"], let file = attributes["src"] {
                    transcripts[LanguageCode(unchecked: language)] = file
                }
            default: break
            }
        }

        func finish() -> VideoXML {
            var copy = self
            let fields = copy.fields()
            return VideoXML(fields: fields, notes: copy.notes)
        }

        private mutating func fields() -> VideoFields {
            var transcripts = self.transcripts
            for (language, file) in declaredTranscripts() { transcripts[language] = file }
            for (language, file) in transcripts.sorted(by: { $0.key < $1.key }) where Self.isPath(file) {
                let name = file.debugDescription
                note("the \(language) transcript is called \(name); only an asset of that name is looked for")
            }
            let sources = declaredSources() ?? self.sources
            return VideoFields(
                displayName: text("display_name"),
                sub: text("sub") ?? "",
                transcripts: transcripts,
                edxVideoID: text("edx_video_id") ?? "",
                youTubeID: youTubeID(),
                html5Sources: sources
            )
        }

        /// Whether a name was made to be taken for a path.
        private static func isPath(_ name: String) -> Bool {
            name.utf8.first == UInt8(ascii: "/") || name.utf8.contains(0)
                || name.split(separator: "/").contains("..")
        }

        private mutating func note(_ text: String) { notes.append(Note(line: line, text: text)) }
    }
}

// MARK: - Attributes

extension VideoXML.Builder {
    /// A text attribute. `null` is the platform's word for none, and for a while it wrote texts in JSON's quotes.
    private func text(_ name: String) -> String? {
        guard let value = attributes[name], value != "null" else { return nil }
        guard value.utf8.count >= 2, value.hasPrefix("\""), value.hasSuffix("\"") else { return value }
        let bytes = Data(value.utf8)
        let json = try? JSONSerialization.jsonObject(with: bytes, options: .fragmentsAllowed)  // nil: quotes, not JSON
        return json as? String ?? value
    }

    private func youTubeID() -> String? {
        if attributes["youtube_id_1_0"] != nil { return text("youtube_id_1_0") ?? "" }
        guard let speeds = attributes["youtube"] else { return nil }
        var id = ""
        for speed in speeds.split(separator: ",") {
            let parts = speed.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
            guard parts.count == 2, let factor = Double(parts[0].trimmingCharacters(in: .whitespaces)) else { continue }
            if abs(factor - 1) < 0.005 { id = parts[1].trimmingCharacters(in: CharacterSet(charactersIn: "\"")) }
        }
        // Open edX: an empty id stands only where the video has files of its own; else the default does.
        return id.isEmpty && sources.isEmpty ? nil : id
    }

    private mutating func declaredTranscripts() -> [LanguageCode: String] {
        guard let json = json("transcripts") else { return [:] }
        guard let object = json as? [String: Any] else {
            noteUnreadable("transcripts", "it is no JSON object")
            return [:]
        }
        var transcripts: [LanguageCode: String] = [:]
        for (language, value) in object.sorted(by: { $0.key < $1.key }) {
            if let file = value as? String {
                transcripts[LanguageCode(unchecked: language)] = file
            } else if !(value is NSNull) {
                noteUnreadable("transcripts", "the value of \(language.debugDescription) is no text")
            }
        }
        return transcripts
    }

    private mutating func declaredSources() -> [String]? {
        guard let value = attributes["html5_sources"] else { return nil }
        if value.isEmpty || value == "null" { return [] }
        guard let json = json("html5_sources") else { return nil }
        guard let array = json as? [Any] else {
            noteUnreadable("html5_sources", "it is no JSON array")
            return nil
        }
        return array.compactMap { $0 as? String }
    }

    /// An attribute's JSON; nil when it is not there, empty, `null` or broken.
    private mutating func json(_ name: String) -> Any? {
        guard let value = attributes[name], !value.isEmpty, value != "null" else { return nil }
        do {
            return try JSONSerialization.jsonObject(with: Data(value.utf8), options: .fragmentsAllowed)
        } catch {
            noteUnreadable(name, "it is no JSON")
            return nil
        }
    }

    private mutating func noteUnreadable(_ attribute: String, _ cause: String) {
        note("the attribute \(attribute) cannot be read (\(cause)) and is taken as not there")
    }
}
