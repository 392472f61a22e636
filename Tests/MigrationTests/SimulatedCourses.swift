// SPDX-License-Identifier: Apache-2.0
import MigrationModel
import TestDoubles

/// Courses for simulations, and what they must come to.
enum SimulatedCourses {
    static let key = CourseKey(unchecked: "course-v1:MeadowX+BIO1+2018")
    static let block = UsageKey(course: key, type: "video", block: "v1")

    /// A subtitle that tells its video and language apart from every other.
    static func subtitles(_ text: String) -> [UInt8] {
        Array("1\n00:00:01,000 --> 00:00:02,000\n\(text)\n".utf8)
    }

    /// One video with three transcripts.
    static func oneVideo() -> [CourseKey: MemoryCourse] {
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

    /// An author adds a video with a transcript to the course of one video.
    static func addLateVideo(to world: MemoryWorld) {
        world.source.edit(key) { course in
            course.assets["el.srt"] = subtitles("late")
            let fields = VideoFields(transcripts: ["el": "el.srt"], edxVideoID: "video-2")
            let late = UsageKey(course: key, type: "video", block: "v2")
            course.videos.append(VideoBlock(usageKey: late, published: fields, draft: nil))
        }
    }

    /// Courses of videos with transcripts in as many languages, and what they must come to.
    static func fleet(
        _ courses: Int, videos: Int, languages: [LanguageCode] = ["fr", "ja"]
    ) -> ([CourseKey: MemoryCourse], [CourseKey: [ExpectedVideo]]) {
        var made: [CourseKey: MemoryCourse] = [:]
        var expected: [CourseKey: [ExpectedVideo]] = [:]
        for number in 0..<courses {
            let key = CourseKey(unchecked: "course-v1:MeadowX+FLEET\(number)+2018")
            var course = MemoryCourse()
            for video in 0..<videos {
                let id = "f\(number)-\(video)"
                var fields = VideoFields(edxVideoID: id)
                var transcripts: [LanguageCode: ExpectedVideo.Transcript] = [:]
                for language in languages {
                    let bytes = subtitles("\(id) \(language)")
                    fields.transcripts[language] = "\(id)-\(language).srt"
                    course.assets[AssetName(unchecked: "\(id)-\(language).srt")] = bytes
                    transcripts[language] = .init(format: .srt, checksum: Checksum(of: bytes))
                }
                let block = UsageKey(course: key, type: "video", block: "v\(video)")
                course.videos.append(VideoBlock(usageKey: block, published: fields, draft: nil))
                expected[key, default: []].append(
                    ExpectedVideo(video: VideoID(unchecked: id), transcripts: transcripts, isSound: true))
            }
            made[key] = course
        }
        return (made, expected)
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

/// What became of the course of one video.
extension MemoryWorld {
    var courseState: CourseState? { log.contents.courses[SimulatedCourses.key] }

    var videoReport: VideoReport? { log.contents.videos[SimulatedCourses.key]?[SimulatedCourses.block] }

    /// Of all courses.
    var retries: Int {
        log.contents.checkpoints.count { checkpoint in
            if case .courseState(_, .retrying, _, _, _) = checkpoint { true } else { false }
        }
    }
}
