// SPDX-License-Identifier: Apache-2.0

/// What a course says of one of its videos, draft and published heads side by side.
package struct VideoBlock: Sendable, Hashable {
    package let usageKey: UsageKey
    /// What learners see; nil for a video that was never published.
    package let published: VideoFields?
    /// What authors see where it is kept apart from the published head; nil when there is no separate draft.
    package let draft: VideoFields?
    /// What the source noticed while reading it, for the operator.
    package let notes: [String]

    /// - Precondition: at least one head is there.
    package init(usageKey: UsageKey, published: VideoFields?, draft: VideoFields?, notes: [String] = []) {
        precondition(published != nil || draft != nil, "a video has at least one head")
        self.usageKey = usageKey
        self.published = published
        self.draft = draft
        self.notes = notes
    }
}

/// The fields of a video block that decide which transcripts it has. Open edX: section 2.1.
package struct VideoFields: Sendable, Hashable {
    /// What `youtube_id_1_0` is when a course does not say.
    package static let defaultYouTubeID = "3_yD_cEKoCk"

    /// The name on the page; nil when the course gives none.
    package var displayName: String?
    /// The id of the English transcript, or "".
    package var sub: String
    /// File name by language, as the author's upload was called; empty values are left out.
    package var transcripts: [LanguageCode: String]
    /// The id in edx-val without surrounding blanks, or "".
    package var edxVideoID: String
    /// The YouTube id at normal speed.
    package var youTubeID: String
    /// Whether the course itself says so; else it is the default.
    package var isYouTubeIDSet: Bool
    /// URLs of the video's own files, in order.
    package var html5Sources: [String]

    /// - Parameters:
    ///   - transcripts: entries with an empty file name are dropped.
    ///   - edxVideoID: surrounding blanks are dropped.
    ///   - youTubeID: nil where the course does not say.
    package init(
        displayName: String? = nil,
        sub: String = "",
        transcripts: [LanguageCode: String] = [:],
        edxVideoID: String = "",
        youTubeID: String? = nil,
        html5Sources: [String] = []
    ) {
        self.displayName = displayName
        self.sub = sub
        self.transcripts = transcripts.filter { !$0.value.isEmpty }
        self.edxVideoID = Self.trimmed(edxVideoID)
        self.youTubeID = youTubeID ?? Self.defaultYouTubeID
        isYouTubeIDSet = youTubeID != nil
        self.html5Sources = html5Sources
    }

    /// The ids of the video's own files: the last part of each URL without its last extension.
    ///
    /// Open edX: section 2.1.
    package var html5IDs: [String] {
        html5Sources.compactMap { source in
            let file = source.split(separator: "/", omittingEmptySubsequences: false).last ?? ""
            let id = file.lastIndex(of: ".").map { file[..<$0] } ?? file
            return id.isEmpty ? nil : String(id)
        }
    }

    /// Without the blanks that Python strips, which the platform does with ids: Unicode's and four control characters.
    private static func trimmed(_ text: String) -> String {
        func isBlank(_ scalar: Unicode.Scalar) -> Bool {
            scalar.properties.isWhitespace || (0x1C...0x1F).contains(scalar.value)
        }
        let scalars = text.unicodeScalars
        guard
            let first = scalars.firstIndex(where: { !isBlank($0) }),
            let last = scalars.lastIndex(where: { !isBlank($0) })
        else { return "" }
        return String(scalars[first...last])
    }
}
