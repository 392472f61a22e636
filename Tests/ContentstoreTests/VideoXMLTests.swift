// SPDX-License-Identifier: Apache-2.0
import Contentstore
import MigrationModel
import Testing

@Suite struct VideoXMLTests {
    private let folder: ExportFolder

    init() throws { folder = try ExportFolder() }

    private func video(_ xml: String) async throws -> VideoBlock {
        try folder.writeCourse("A", vertical: #"<video url_name="x"/>"#, files: ["video/x.xml": xml])
        return try #require(try await folder.source().outline(of: ExportFolder.key("A"))["x"])
    }

    private func fields(_ xml: String) async throws -> VideoFields {
        let video = try await video(xml)
        #expect(video.notes == [])
        return try #require(video.published)
    }

    @Test func `the old style is read whole`() async throws {
        let fields = try await fields(
            """
            <video youtube="0.75:aaa,1.00:bbb,1.25:ccc,1.50:ddd" url_name="x" display_name="Cell walls" sub="bbb"
                   html5_sources="[&quot;https://cdn.example.org/L02.mp4&quot;]" download_track="true"
                   transcripts="{&quot;fr&quot;: &quot;L02-fr.srt&quot;, &quot;de&quot;: &quot;&quot;}">
              <source src="https://cdn.example.org/other.mp4"/>
              <transcript language="fr" src="child-fr.srt"/>
              <transcript language="es" src="child-es.srt"/>
            </video>
            """
        )
        #expect(fields.displayName == "Cell walls")
        #expect(fields.sub == "bbb")
        #expect(fields.youTubeID == "bbb")
        #expect(fields.isYouTubeIDSet)
        #expect(fields.html5Sources == ["https://cdn.example.org/L02.mp4"])
        #expect(fields.transcripts == ["fr": "L02-fr.srt", "es": "child-es.srt"])
    }

    @Test func `the new style keeps edx-val's own list apart`() async throws {
        let fields = try await fields(
            """
            <video edx_video_id=" 0f7d3d0e " html5_sources="[]" youtube_id_1_0="yt" youtube="1.00:other">
              <video_asset client_video_id="external-video">
                <transcripts><transcript language_code="en" language="xx" src="no.srt" file_format="srt"/></transcripts>
                <transcript language="yy" src="no.srt"/>
              </video_asset>
              <transcript language="en" src="0f7d3d0e-en.srt"/>
            </video>
            """
        )
        #expect(fields.edxVideoID == "0f7d3d0e")
        #expect(fields.youTubeID == "yt")
        #expect(fields.html5Sources == [])
        #expect(fields.transcripts == ["en": "0f7d3d0e-en.srt"])
    }

    @Test func `sources stand in for the attribute where it is not there`() async throws {
        let fields = try await fields(
            #"<video><source src="https://a/b.mp4"/><source src="https://a/c.webm"/></video>"#
        )
        #expect(fields.html5IDs == ["b", "c"])
        #expect(fields.youTubeID == VideoFields.defaultYouTubeID)
        #expect(!fields.isYouTubeIDSet)
    }

    @Test(arguments: ["1.00:bbb", "1.0:bbb", "1:bbb", "0.75:aaa,1.00:bbb", #"1.00:&quot;bbb&quot;"#])
    func `normal speed is found however it is written`(speeds: String) async throws {
        #expect(try await fields(#"<video youtube="\#(speeds)"/>"#).youTubeID == "bbb")
    }

    @Test func `an empty list of speeds means none only beside files`() async throws {
        #expect(try await fields(#"<video youtube=""/>"#).youTubeID == VideoFields.defaultYouTubeID)
        let beside = try await fields(#"<video youtube=""><source src="https://a/b.mp4"/></video>"#)
        #expect(beside.youTubeID == "")
    }

    @Test func `an attribute of broken JSON is not there, and a note says which and where`() async throws {
        let video = try await video(
            "<!-- first line -->\n"
                + #"<video transcripts="{&quot;fr&quot;: " html5_sources="{}" sub="s"><transcript language="de" src="d.srt"/>"#
                + #"<source src="https://a/b.mp4"/></video>"#
        )
        #expect(video.published?.transcripts == ["de": "d.srt"])
        #expect(video.published?.html5Sources == ["https://a/b.mp4"])
        #expect(video.published?.sub == "s")
        #expect(video.notes.count == 2)
        #expect(video.notes.allSatisfy { $0.contains("A/video/x.xml:2") })
        #expect(video.notes.contains { $0.contains("the attribute transcripts") })
        #expect(video.notes.contains { $0.contains("the attribute html5_sources") })
    }

    @Test(arguments: ["[", "{&quot;a&quot;:"]) func `JSON inside JSON without end is only a note`(opening: String)
        async throws
    {
        let video = try await video(#"<video sub="s" transcripts="\#(String(repeating: opening, count: 200_000))"/>"#)
        #expect(video.published == VideoFields(sub: "s"))
        #expect(video.notes.count == 1)
    }

    @Test func `null is none`() async throws {
        let fields = try await fields(#"<video sub="null" transcripts="null" html5_sources="" display_name="null"/>"#)
        #expect(fields == VideoFields())
    }

    @Test func `text in JSON's quotes is read, other quotes stay`() async throws {
        let fields = try await fields(#"<video sub="&quot;abc&quot;" display_name="&quot;A&quot; or &quot;B&quot;"/>"#)
        #expect(fields.sub == "abc")
        #expect(fields.displayName == #""A" or "B""#)
    }

    @Test func `a transcript called like a path is only ever a name`() async throws {
        try folder.write("secret.srt", "not yours")
        let video = try await video(#"<video><transcript language="fr" src="../../secret.srt"/></video>"#)
        #expect(video.published?.transcripts == ["fr": "../../secret.srt"])
        #expect(video.notes.count == 1)
        let names: Set<AssetName> = [AssetName(cleaning: "../../secret.srt")]
        #expect(try await folder.source().assets(names, of: ExportFolder.key("A")).assets == [:])
    }
}
