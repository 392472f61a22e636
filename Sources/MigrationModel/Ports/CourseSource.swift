// SPDX-License-Identifier: Apache-2.0

/// A course as a list shows it.
package struct CourseSummary: Sendable, Hashable {
    package let key: CourseKey
    package let title: String

    package init(key: CourseKey, title: String) {
        self.key = key
        self.title = title
    }
}

/// One thing found while courses are listed.
package enum CourseListing: Sendable, Hashable {
    case course(CourseSummary)
    /// Something that should be a course and cannot be read; the others go on.
    case unreadable(name: String, Failure)
}

/// What a course holds.
package struct CourseOutline: Sendable, Hashable {
    /// Every video reachable from the course's root, sorted by usage key.
    package let videos: [VideoBlock]
    /// Videos in the store that the root does not reach. They are left out.
    package let unreachable: Int
    /// What the source noticed, for the operator.
    package let notes: [String]
    /// What is another one as soon as anybody saves the course; nil where the source has no such thing.
    package let version: String?

    package init(videos: [VideoBlock], unreachable: Int, notes: [String], version: String? = nil) {
        self.videos = videos
        self.unreachable = unreachable
        self.notes = notes
        self.version = version
    }
}

/// An asset of a course, as found; its bytes are not read yet.
package struct Asset: Sendable, Hashable {
    package let name: AssetName
    /// In bytes, as the store says.
    package let length: Int

    package init(name: AssetName, length: Int) {
        self.name = name
        self.length = length
    }
}

/// A course's assets that were asked for.
package struct AssetListing: Sendable, Hashable {
    /// Those that exist.
    package let assets: [AssetName: Asset]
    /// Names that more than one file of the source has, and which was taken, for the operator.
    package let notes: [AssetName: String]

    package init(assets: [AssetName: Asset], notes: [AssetName: String] = [:]) {
        self.assets = assets
        self.notes = notes
    }
}

/// Reads courses, their videos and their transcripts' bytes. It has no method that writes.
///
/// Every method may be called again and from any task; none blocks the caller's thread. Errors are ``Failure``.
package protocol CourseSource: Sendable {
    /// All courses, one by one as they are found, so that thousands never sit in memory at once.
    func courses() -> AsyncThrowingStream<CourseListing, any Error>

    /// The videos of a course, both heads, by a constant number of queries.
    ///
    /// Reads the source anew at each call: the gate depends on it.
    ///
    /// - Throws: ``Failure``, of class `source corrupt` when the course cannot be understood.
    func outline(of course: CourseKey) async throws -> CourseOutline

    /// Those of `names` that exist in the course's contentstore, by one query.
    func assets(_ names: Set<AssetName>, of course: CourseKey) async throws -> AssetListing

    /// The bytes of assets, by one query; each on its own may be `source corrupt`.
    ///
    /// - Throws: ``Failure`` when the source as a whole does not answer.
    func content(
        of assets: [Asset], in course: CourseKey
    ) async throws -> [AssetName: Result<[UInt8], Failure>]

    /// Asks for next to nothing, whether anybody answers.
    ///
    /// - Throws: ``Failure``.
    func ask() async throws

    /// Nothing more will be asked about `course` for now: what was kept for it may go. Never fails; may be called twice.
    func release(_ course: CourseKey) async
}

/// The most bytes that an asset may have and still be taken for a transcript: 64 MiB.
package let longestTranscript = 64 * 1024 * 1024
