// SPDX-License-Identifier: Apache-2.0
#if MongoDB
import Mongo
import MigrationModel

/// What one video block says, where its settings are stored. Open edX: section 2.1: a field that is not there has its
/// default.
struct VideoDocument: Sendable, Hashable {
    let fields: VideoFields
    /// What could not be taken as it stands.
    private(set) var notes: [String]

    mutating func note(_ text: String) { notes.append(text) }

    /// Block types that are videos.
    static let types: Set = ["video", "videoalpha"]
    /// In bytes; nothing that decides about a transcript is nearly as long.
    private static let longestText = 64 * 1024

    /// - Parameters:
    ///   - settings: nil where the block has none.
    ///   - defaults: what it has of the library that it was taken from, where its own settings say nothing.
    /// - Throws: ``BrokenDocument``.
    init(_ settings: Value?, defaults: Value? = nil) throws {
        var reader = Reader()
        try defaults?.document?.forEach { try reader.take($0) }
        if let settings = settings?.document {
            try settings.forEach { try reader.take($0) }
        } else {
            reader.notes.append(
                "its settings are \(settings.map { "\($0.kind), not a document" } ?? "not there"), and are taken as empty"
            )
        }
        fields = VideoFields(
            displayName: reader.displayName, sub: reader.sub ?? "", transcripts: reader.transcripts,
            edxVideoID: reader.edxVideoID ?? "", youTubeID: reader.youTubeID, html5Sources: reader.html5Sources)
        notes = reader.notes
    }

    private struct Reader {
        var displayName, sub, edxVideoID, youTubeID: String?
        var transcripts: [LanguageCode: String] = [:]
        var html5Sources: [String] = []
        var notes: [String] = []

        mutating func take(_ element: Element) throws {
            let name = element.name
            switch name {
            case "display_name": displayName = text(name, element.value)
            case "sub": sub = text(name, element.value)
            case "edx_video_id": edxVideoID = text(name, element.value)
            case "youtube_id_1_0": youTubeID = text(name, element.value)
            case "transcripts": try takeTranscripts(element.value)
            case "html5_sources": try takeSources(element.value)
            default: break
            }
        }

        private mutating func text(_ name: String, _ value: Value) -> String? {
            if value.isNull { return nil }
            guard let text = value.text else {
                note(name, "is \(value.kind), not a text")
                return nil
            }
            guard text.utf8.count <= VideoDocument.longestText else {
                note(name, "has \(text.utf8.count) bytes")
                return nil
            }
            return text
        }

        /// Open edX: what an import could not read of an export it keeps as the text that stood there.
        private func isNothing(_ value: Value) -> Bool { value.isNull || value.text?.isEmpty == true }

        private mutating func takeTranscripts(_ value: Value) throws {
            transcripts = [:]
            if isNothing(value) { return }
            guard let document = value.document else { return note("transcripts", "is \(value.kind), not a document") }
            try document.forEach { element in
                let language = element.name
                if let file = text("transcripts.\(language)", element.value) {
                    transcripts[LanguageCode(unchecked: language)] = file
                }
            }
        }

        private mutating func takeSources(_ value: Value) throws {
            html5Sources = []
            if isNothing(value) { return }
            guard let list = value.array else { return note("html5_sources", "is \(value.kind), not a list") }
            try list.forEach { element in
                if let source = text("html5_sources.\(element.name)", element.value) { html5Sources.append(source) }
            }
        }

        private mutating func note(_ name: String, _ problem: String) {
            notes.append("the field \(name) \(problem), and is taken as not there")
        }
    }
}
#endif
