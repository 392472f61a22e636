// SPDX-License-Identifier: Apache-2.0
import Contentstore
import MigrationModel
import Testing

@Suite struct OutlineTests {
    private let folder: ExportFolder

    init() throws { folder = try ExportFolder() }

    private func outline(_ name: String = "A") async throws -> CourseOutline {
        try await folder.source().outline(of: ExportFolder.key(name))
    }

    // MARK: - Where blocks stand

    @Test func `a course may stand whole in course xml`() async throws {
        try folder.write(
            "A/course.xml",
            """
            <course url_name="R" org="O" course="A" display_name="Inline">
              <chapter><sequential url_name="s"><vertical><video url_name="x" sub="abc"/></vertical></sequential></chapter>
            </course>
            """
        )
        #expect(
            try await folder.source().listings()
                == [.course(CourseSummary(key: ExportFolder.key("A"), title: "Inline"))]
        )
        let outline = try await outline()
        #expect(outline.videos.map(\.usageKey) == [ExportFolder.video("A", "x")])
        #expect(outline["x"]?.published?.sub == "abc")
        #expect(outline["x"]?.draft == nil)
        #expect(outline["x"]?.notes == [])
    }

    @Test func `a named element is what its file says`() async throws {
        try folder.writeCourse(
            "A",
            vertical: #"<video url_name="x" sub="inline"/>"#,
            files: ["video/x.xml": #"<video url_name="x" sub="file"/>"#]
        )
        #expect(try await outline()["x"]?.published?.sub == "file")
    }

    @Test func `any nesting of block types is walked`() async throws {
        try folder.writeCourse(
            "A",
            vertical:
                #"<split_test url_name="t"/><wrapper><library_content url_name="l"><video url_name="y"/></library_content></wrapper>"#,
            files: [
                "split_test/t.xml": #"<split_test><vertical url_name="inner"/></split_test>"#,
                "vertical/inner.xml": #"<vertical><videoalpha url_name="x"/></vertical>"#,
                "videoalpha/x.xml": "<videoalpha/>", "video/y.xml": "<video/>",
            ]
        )
        let keys = try await outline().videos.map(\.usageKey)
        #expect(keys == [ExportFolder.video("A", "y"), ExportFolder.video("A", "x", type: "videoalpha")])
    }

    @Test func `a colon in a name is a folder in the path`() async throws {
        try folder.writeCourse(
            "A",
            vertical: #"<video url_name="week1:x"/>"#,
            files: ["video/week1/x.xml": #"<video sub="deep"/>"#]
        )
        #expect(try await outline()["week1:x"]?.published?.sub == "deep")
    }

    @Test func `video in a problem's or page's markup is no block`() async throws {
        try folder.writeCourse(
            "A",
            vertical: #"<problem url_name="p"><video src="a.mp4"/></problem><html><video src="b.mp4"/></html>"#
        )
        #expect(try await outline().videos == [])
    }

    @Test func `a video without a name keeps the one that it is given`() async throws {
        try folder.writeCourse("A", vertical: #"<video sub="one"/><video sub="two"/>"#)
        let first = try await outline()
        #expect(first.videos.count == 2)
        #expect(Set(first.videos.compactMap { $0.published?.sub }) == ["one", "two"])
        #expect(first.videos.allSatisfy { $0.notes.count == 1 && $0.notes[0].contains("A/vertical/v.xml:1") })
        try folder.write("A/vertical/v.xml", #"<vertical><html/>  <video sub="one"/><video sub="changed"/></vertical>"#)
        #expect(try await outline().videos.map(\.usageKey) == first.videos.map(\.usageKey))
    }

    @Test func `a name without a file is a video with a note`() async throws {
        try folder.writeCourse("A", vertical: #"<video url_name="gone"/><vertical url_name="lost"/>"#)
        let outline = try await outline()
        #expect(outline["gone"]?.published == VideoFields())
        #expect(outline["gone"]?.notes.first?.contains("there is no file video/gone.xml") == true)
        #expect(outline.notes.count == 1)
        #expect(outline.notes.first?.contains("vertical/lost.xml") == true)
    }

    @Test func `videos come sorted by usage key, once each`() async throws {
        try folder.writeCourse(
            "A",
            vertical: #"<video url_name="b"/><video url_name="a"/><video url_name="b"/>"#,
            files: ["video/a.xml": "<video/>", "video/b.xml": "<video/>"]
        )
        #expect(try await outline().videos.map(\.usageKey.block) == ["a", "b"])
    }

    @Test func `blocks that hold each other are walked once`() async throws {
        try folder.writeCourse(
            "A",
            vertical: #"<vertical url_name="w"/>"#,
            files: ["vertical/w.xml": #"<vertical><vertical url_name="v"/><video url_name="x"/></vertical>"#]
        )
        #expect(try await outline().videos.map(\.usageKey.block) == ["x"])
    }

    // MARK: - Heads

    @Test func `a video with a file among the drafts has both heads, even when they agree`() async throws {
        try folder.writeCourse(
            "A",
            vertical: #"<video url_name="x"/><video url_name="y"/>"#,
            files: [
                "video/x.xml": #"<video sub="old"/>"#, "drafts/video/x.xml": #"<video sub="new"/>"#,
                "video/y.xml": #"<video sub="same"/>"#, "drafts/video/y.xml": #"<video sub="same"/>"#,
            ]
        )
        let outline = try await outline()
        #expect(outline["x"]?.published?.sub == "old")
        #expect(outline["x"]?.draft?.sub == "new")
        #expect(outline["y"]?.published?.sub == "same")
        #expect(outline["y"]?.draft?.sub == "same")
    }

    @Test(arguments: ["parent_url", "parent_sequential_url"])
    func `a draft hangs under the parent that it names`(attribute: String) async throws {
        try folder.writeCourse(
            "A",
            vertical: "",
            files: [
                "drafts/vertical/n.xml":
                    #"<vertical \#(attribute)="i4x://O/A/sequential/s" index_in_children_list="1"><video url_name="x"/></vertical>"#,
                "drafts/video/x.xml": #"<video sub="draft"/>"#,
            ]
        )
        let outline = try await outline()
        #expect(outline.videos.count == 1)
        #expect(outline["x"]?.published == nil)
        #expect(outline["x"]?.draft?.sub == "draft")
        #expect(outline.unreachable == 0)
        #expect(outline.notes == [])
    }

    @Test func `a draft may hang under a draft, and a parent may be named in the new form`() async throws {
        try folder.writeCourse(
            "A",
            vertical: "",
            files: [
                "drafts/sequential/t.xml": #"<sequential parent_url="block-v1:O+A+R+type@chapter+block@c"/>"#,
                "drafts/vertical/n.xml":
                    #"<vertical parent_url="block-v1:O+A+R+type@sequential+block@t"><video url_name="x"/></vertical>"#,
                "video/x.xml": #"<video sub="never published"/>"#,
            ]
        )
        let video = try #require(try await outline()["x"])
        #expect(video.published == nil)
        #expect(video.draft?.sub == "never published")
    }

    @Test func `a video that its draft vertical no longer holds stays published`() async throws {
        try folder.writeCourse(
            "A",
            vertical: #"<video url_name="x"/>"#,
            files: ["video/x.xml": "<video/>", "drafts/vertical/v.xml": "<vertical/>"]
        )
        let outline = try await outline()
        #expect(outline["x"]?.published != nil)
        #expect(outline["x"]?.draft == nil)
        #expect(outline.unreachable == 0)
    }

    @Test func `a video written inline in a draft is the draft head`() async throws {
        try folder.writeCourse(
            "A",
            vertical: #"<video url_name="x" sub="old"/>"#,
            files: ["drafts/vertical/v.xml": #"<vertical><video url_name="x" sub="new"/></vertical>"#]
        )
        let video = try #require(try await outline()["x"])
        #expect(video.published?.sub == "old")
        #expect(video.draft?.sub == "new")
    }

    @Test func `videos that neither head reaches are counted once each`() async throws {
        try folder.writeCourse(
            "A",
            vertical: #"<video url_name="x"/>"#,
            files: [
                "video/x.xml": "<video/>", "video/y.xml": "<video/>", "drafts/video/y.xml": "<video/>",
                "videoalpha/z.xml": "<videoalpha/>", "drafts/videoalpha/d.xml": "<videoalpha/>",
            ]
        )
        #expect(try await outline().unreachable == 3)
    }

    @Test func `a draft whose parent is not there is noted`() async throws {
        try folder.writeCourse(
            "A",
            vertical: "",
            files: [
                "drafts/vertical/n.xml":
                    #"<vertical parent_url="i4x://O/A/sequential/gone"><video url_name="x"/></vertical>"#,
                "drafts/vertical/m.xml": #"<vertical parent_url="nonsense"/>"#,
                "drafts/video/x.xml": "<video/>",
            ]
        )
        let outline = try await outline()
        #expect(outline.videos == [])
        #expect(outline.unreachable == 1)
        #expect(outline.notes.count == 2)
        #expect(outline.notes.contains { $0.contains("drafts/vertical/n.xml") && $0.contains("sequential/gone") })
        #expect(outline.notes.contains { $0.contains("A/drafts/vertical/m.xml:1") })
    }
}
