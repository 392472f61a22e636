// SPDX-License-Identifier: Apache-2.0
import MigrationModel
import Testing

@Suite struct LookUpTests {
    private let html5 = ["https://cdn.example.org/acme/BIO1-L02_100.mp4", "https://cdn.example.org/b.webm"]

    /// `rule asset` for each candidate.
    private func candidates(_ fields: VideoFields, _ language: LanguageCode, discovers: Bool = true) -> [String]? {
        let languages = LookUp(discoversEnglish: discovers).languages(of: fields)
        return languages.first { $0.language == language }?.candidates.map { "\($0.rule.rawValue) \($0.asset)" }
    }

    @Test func `every rule has its name`() {
        #expect(
            LookUpRule.allCases.map(\.rawValue) == [
                "file", "sub", "sub-name", "youtube", "youtube-name", "html5", "html5-name", "discovered:youtube",
                "discovered:html5",
            ]
        )
    }

    @Test func `English is looked for under sub, then its file, then YouTube's id, then the files' ids`() {
        let fields = VideoFields(
            sub: "my sub",
            transcripts: ["en": "my en.srt"],
            youTubeID: "dQ9aXyz01Lk",
            html5Sources: html5
        )
        #expect(
            candidates(fields, .english) == [
                "sub subs_my_sub.srt.sjson", "sub-name my_sub", "file my_en.srt", "youtube subs_dQ9aXyz01Lk.srt.sjson",
                "youtube-name dQ9aXyz01Lk", "html5 subs_BIO1-L02_100.srt.sjson", "html5-name BIO1-L02_100",
                "html5 subs_b.srt.sjson", "html5-name b",
            ]
        )
    }

    @Test func `another language is looked for under its file, then the SJSON of each id`() {
        let fields = VideoFields(
            sub: "S",
            transcripts: ["fr": "BIO1 (fr).srt"],
            youTubeID: "dQ9aXyz01Lk",
            html5Sources: html5
        )
        #expect(
            candidates(fields, "fr") == [
                "file BIO1__fr_.srt", "sub fr_subs_S.srt.sjson", "youtube fr_subs_dQ9aXyz01Lk.srt.sjson",
                "html5 fr_subs_BIO1-L02_100.srt.sjson", "html5 fr_subs_b.srt.sjson",
            ]
        )
    }

    @Test func `English that nobody declared is discovered under ids that the course sets`() throws {
        let fields = VideoFields(youTubeID: "dQ9aXyz01Lk", html5Sources: html5)
        #expect(
            candidates(fields, .english) == [
                "discovered:youtube subs_dQ9aXyz01Lk.srt.sjson", "discovered:html5 subs_BIO1-L02_100.srt.sjson",
                "discovered:html5 subs_b.srt.sjson",
            ]
        )
        let languages = LookUp().languages(of: fields)
        #expect(languages.map(\.isDeclared) == [false])
        #expect(candidates(fields, .english, discovers: false) == nil)
    }

    @Test func `the default YouTube id is never discovered`() {
        #expect(LookUp().languages(of: VideoFields()).isEmpty)
        #expect(candidates(VideoFields(html5Sources: html5), .english)?.first?.hasPrefix("discovered:html5") == true)
        #expect(
            candidates(VideoFields(youTubeID: "3_yD_cEKoCk"), .english)
                == ["discovered:youtube subs_3_yD_cEKoCk.srt.sjson"]
        )
    }

    @Test func `the default YouTube id is a candidate of what is declared`() {
        let fields = VideoFields(sub: "S", transcripts: ["fr": "a.srt"])
        #expect(candidates(fields, .english)?.contains("youtube subs_3_yD_cEKoCk.srt.sjson") == true)
        #expect(candidates(fields, "fr")?.contains("youtube fr_subs_3_yD_cEKoCk.srt.sjson") == true)
    }

    @Test func `an empty YouTube id is no candidate`() {
        let fields = VideoFields(sub: "S", transcripts: ["fr": "a.srt"], youTubeID: "")
        #expect(candidates(fields, .english) == ["sub subs_S.srt.sjson", "sub-name S"])
        #expect(candidates(fields, "fr") == ["file a.srt", "sub fr_subs_S.srt.sjson"])
        #expect(LookUp().languages(of: VideoFields(youTubeID: "")).isEmpty)
    }

    @Test func `English is declared by a sub or by an entry, and then not discovered`() {
        for fields in [
            VideoFields(sub: "S", youTubeID: "Y"), VideoFields(transcripts: ["en": "a.srt"], youTubeID: "Y"),
        ] {
            for discovers in [true, false] {
                let languages = LookUp(discoversEnglish: discovers).languages(of: fields)
                #expect(languages.map(\.isDeclared) == [true])
                #expect(languages[0].candidates.allSatisfy { !$0.rule.rawValue.hasPrefix("discovered") })
            }
        }
    }

    @Test func `languages come in the order of their bytes, each once`() {
        let fields = VideoFields(
            sub: "S",
            transcripts: ["zh_HANS": "a", "fr": "b", "en": "c", "ar": "d", "FR": "e", "pt": ""]
        )
        #expect(LookUp().languages(of: fields).map(\.language.text) == ["FR", "ar", "en", "fr", "zh_HANS"])
    }
}

@Suite struct VideoFieldsTests {
    @Test(arguments: [
        ("https://cdn.example.org/acme/BIO1-L02_100.mp4", "BIO1-L02_100"), ("a.b.mp4", "a.b"), ("/x/noext", "noext"),
        ("x.mp4?v=1", "x"), ("https://cdn.example.org/", nil), ("", nil), ("/x/.mp4", nil),
    ])
    func `a file's id is its name without the last extension`(_ source: String, _ id: String?) {
        #expect(VideoFields(html5Sources: [source]).html5IDs == [id].compactMap(\.self))
    }

    @Test func `empty entries are dropped and ids lose the blanks around them`() {
        let fields = VideoFields(transcripts: ["fr": "", "de": "a.srt"], edxVideoID: " \t0f7d 3d0e\u{A0}\n")
        #expect(fields.transcripts == ["de": "a.srt"])
        #expect(fields.edxVideoID == "0f7d 3d0e")
        #expect(VideoFields(edxVideoID: " \n").edxVideoID.isEmpty)
    }

    @Test func `an unset YouTube id is the default, and known to be unset`() {
        #expect(VideoFields().youTubeID == "3_yD_cEKoCk")
        #expect(!VideoFields().isYouTubeIDSet)
        #expect(VideoFields(youTubeID: "3_yD_cEKoCk").isYouTubeIDSet)
    }
}
