// SPDX-License-Identifier: Apache-2.0
import MigrationModel
import Testing

@Suite struct CueTests {
    private func cue(_ start: Int?, _ text: String) -> Cue {
        Cue(start: start, end: start.map { $0 + 500 }, text: text)
    }

    @Test func `both formats give the same cues`() throws {
        let subRip = "1\n00:00:01,000 --> 00:00:01,500\nfirst\nline\n\n2\n00:00:02,000 --> 00:00:02,500\nsecond\n"
        let sjson = #"{"start": [1000, 2000.7], "end": [1500, 2500], "text": ["first line", null]}"#
        let left = try Cue.cues(of: Array(subRip.utf8), as: .srt)
        let right = try Cue.cues(of: Array(sjson.utf8), as: .sjson)
        #expect(left == [cue(1000, "first line"), cue(2000, "second")])
        #expect(right == [cue(1000, "first line"), cue(2000, "")])
    }

    @Test func `what is no transcript is shown line by line`() {
        let lines = Cue.lines(of: Array("one\r\n\ntwo".utf8) + [0xFF])
        #expect(lines.map(\.text) == ["one", "", "two\u{FFFD}"])
        #expect(lines.allSatisfy { $0.start == nil })
    }

    @Test func `composed and decomposed letters are two texts`() {
        let alignment = CueAlignment([cue(0, "é")], [cue(0, "e\u{301}")])
        #expect(alignment.differences == 1)
    }

    @Test func `cues that begin together stand together, and the others alone`() {
        let left = [cue(0, "a"), cue(2000, "b"), cue(4000, "c"), cue(6000, "d")]
        let right = [cue(0, "a"), cue(2300, "b"), cue(6000, "D"), cue(9000, "e")]
        let rows = CueAlignment(left, right).rows
        #expect(rows.map { $0.left?.text } == ["a", "b", "c", "d", nil])
        #expect(rows.map { $0.right?.text } == ["a", "b", nil, "D", "e"])
        #expect(rows.map(\.isSame) == [true, false, false, false, false])
    }

    @Test func `the nearer of two is the partner`() {
        let rows = CueAlignment([cue(0, "x"), cue(900, "y")], [cue(800, "y")]).rows
        #expect(rows.map { $0.left?.text } == ["x", "y"])
        #expect(rows.map { $0.right?.text } == [nil, "y"])
    }

    @Test func `lines without times are counted`() {
        let rows = CueAlignment([cue(nil, "a"), cue(nil, "b")], [cue(0, "a")]).rows
        #expect(rows.map { $0.left?.text } == ["a", "b"])
        #expect(rows.map { $0.right?.text } == ["a", nil])
    }

    @Test(arguments: 0..<50)
    func `no cue is lost or shown twice, whatever the times`(_ seed: Int) {
        var state = UInt64(seed &* 7919 &+ 1)
        func next(_ below: Int) -> Int {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return Int(state >> 33) % below
        }
        let times: [Int?] = [nil, .min, .max, 0, 1, 999, 1000, 1001]
        func cues() -> [Cue] {
            (0..<next(30)).map { number in
                Cue(start: next(2) == 0 ? times[next(times.count)] : next(20_000), end: nil, text: "\(number)")
            }
        }
        let (left, right) = (cues(), cues())
        let rows = CueAlignment(left, right).rows
        #expect(rows.compactMap(\.left) == left)
        #expect(rows.compactMap(\.right) == right)
        #expect(rows.allSatisfy { $0.left != nil || $0.right != nil })
    }
}
