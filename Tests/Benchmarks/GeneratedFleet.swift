// SPDX-License-Identifier: Apache-2.0
import Foundation

/// Exports made for a benchmark: courses of 25 videos with two SRT transcripts of about 20 KB each.
struct GeneratedFleet {
    static let videosPerCourse = 25
    static let languages = ["es", "fr"]
    static let transcriptsPerCourse = videosPerCourse * languages.count

    /// Makes `courses` export folders below `folder`.
    static func make(_ courses: Int, in folder: String) throws {
        for number in 0..<courses { try makeCourse(number, in: "\(folder)/c\(String(format: "%05d", number))") }
    }

    /// About 20 KB of subtitles, different for each name.
    static func subtitles(_ name: String) -> [UInt8] {
        var text = ""
        for cue in 1...220 {
            let (minute, second) = (cue * 2 / 60, cue * 2 % 60)
            text += "\(cue)\n00:\(two(minute)):\(two(second)),000 --> 00:\(two(minute)):\(two(second)),900\n"
            text += "Sentence \(cue) of the lecture \(name), said slowly\n\n"
        }
        return Array(text.utf8)
    }

    private static func two(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }

    private static func makeCourse(_ number: Int, in folder: String) throws {
        for child in ["course", "chapter", "sequential", "vertical", "video", "static"] {
            try FileManager.default.createDirectory(atPath: "\(folder)/\(child)", withIntermediateDirectories: true)
        }
        func write(_ path: String, _ bytes: [UInt8]) throws {
            try Data(bytes).write(to: URL(fileURLWithPath: "\(folder)/\(path)"))
        }
        func write(_ path: String, _ text: String) throws { try write(path, Array(text.utf8)) }
        try write("course.xml", "<course url_name=\"R\" org=\"Bench\" course=\"C\(number)\"/>")
        try write("course/R.xml", "<course display_name=\"Course \(number)\"><chapter url_name=\"c\"/></course>")
        try write("chapter/c.xml", "<chapter><sequential url_name=\"s\"/></chapter>")
        try write("sequential/s.xml", "<sequential><vertical url_name=\"v\"/></sequential>")
        let videos = (0..<videosPerCourse).map { "v\($0)" }
        try write(
            "vertical/v.xml", "<vertical>" + videos.map { "<video url_name=\"\($0)\"/>" }.joined() + "</vertical>")
        for video in videos {
            let name = "\(number)-\(video)"
            let files = languages.map { "&quot;\($0)&quot;: &quot;\(name)-\($0).srt&quot;" }.joined(separator: ", ")
            try write(
                "video/\(video).xml",
                "<video url_name=\"\(video)\" display_name=\"Lecture \(name)\" edx_video_id=\"bench-\(name)\" "
                    + "transcripts=\"{\(files)}\" youtube_id_1_0=\"y\(name)\"/>"
            )
            for language in languages { try write("static/\(name)-\(language).srt", subtitles("\(name) \(language)")) }
        }
    }
}
