// SPDX-License-Identifier: Apache-2.0
import MigrationModel
import TestDoubles

/// Courses for simulations, and what they must come to.
enum SimulatedCourses {
    static let key = CourseKey(unchecked: "course-v1:MeadowX+BIO1+2018")

    /// A subtitle that tells its video and language apart from every other.
    static func subtitles(_ text: String) -> [UInt8] {
        Array("1\n00:00:01,000 --> 00:00:02,000\n\(text)\n".utf8)
    }

    /// One video with three transcripts.
    static func oneVideo() -> [CourseKey: MemoryCourse] {
        let block = UsageKey(course: key, type: "video", block: "v1")
        let fields = VideoFields(
            sub: "s1", transcripts: ["fr": "fr.srt", "ja": "ja.srt"], edxVideoID: "video-1"
        )
        return [
            key: MemoryCourse(
                videos: [VideoBlock(usageKey: block, published: fields, draft: nil)],
                assets: [
                    "subs_s1.srt.sjson": Array(#"{"start": [0], "end": [900], "text": ["cell walls"]}"#.utf8),
                    "fr.srt": subtitles("parois"), "ja.srt": subtitles("saibouheki"),
                ]
            )
        ]
    }

    /// What the one video must come to.
    static func expectedOfOneVideo() -> [CourseKey: [ExpectedVideo]] {
        let course = oneVideo()[key]
        func transcript(_ asset: AssetName, _ format: TranscriptFormat) -> ExpectedVideo.Transcript {
            ExpectedVideo.Transcript(format: format, checksum: Checksum(of: course?.assets[asset] ?? []))
        }
        return [
            key: [
                ExpectedVideo(
                    video: "video-1",
                    transcripts: [
                        "en": transcript("subs_s1.srt.sjson", .sjson), "fr": transcript("fr.srt", .srt),
                        "ja": transcript("ja.srt", .srt),
                    ],
                    isSound: true
                )
            ]
        ]
    }
}
