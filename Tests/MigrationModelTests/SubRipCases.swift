// SPDX-License-Identifier: Apache-2.0
import Testing

/// An SRT text and what pysrt 1.1.2, raising on errors, and Python's `json.dumps` make of it.
struct SubRipCase: Sendable, CustomTestStringConvertible {
    let name: String
    let text: String
    /// nil where pysrt raises.
    let sjson: String?

    var testDescription: String { name }

    private init(_ name: String, _ text: String, _ sjson: String?) {
        self.name = name
        self.text = text
        self.sjson = sjson
    }

    private static let times = "00:00:01,000 --> 00:00:02,500"

    static let all = [
        SubRipCase(
            "plain",
            "1\n\(times)\nHello\n\n2\n00:00:03,000 --> 00:00:04,000\nWorld\n\n",
            #"{"start": [1000, 3000], "end": [2500, 4000], "text": ["Hello", "World"]}"#
        ),
        SubRipCase(
            "several lines",
            "1\n\(times)\nHello\nWorld\n  and all\n\n",
            #"{"start": [1000], "end": [2500], "text": ["Hello World   and all"]}"#
        ),
        SubRipCase(
            "CRLF",
            "1\r\n\(times)\r\nHello\r\nWorld\r\n\r\n2\r\n\(times)\r\nBye\r\n",
            #"{"start": [1000, 1000], "end": [2500, 2500], "text": ["Hello World", "Bye"]}"#
        ),
        SubRipCase(
            "CR alone",
            "1\r\(times)\rHello\r\r",
            #"{"start": [1000], "end": [2500], "text": ["Hello"]}"#
        ),
        SubRipCase(
            "line separator",
            "1\u{2028}\(times)\u{2028}Hello\u{2028}\u{2028}",
            #"{"start": [1000], "end": [2500], "text": ["Hello"]}"#
        ),
        SubRipCase(
            "paragraph separator",
            "1\u{2029}\(times)\u{2029}Hello",
            #"{"start": [1000], "end": [2500], "text": ["Hello"]}"#
        ),
        SubRipCase(
            "next line",
            "1\u{85}\(times)\u{85}Hello",
            #"{"start": [1000], "end": [2500], "text": ["Hello"]}"#
        ),
        SubRipCase(
            "vertical tab and form feed",
            "1\u{B}\(times)\u{C}Hello",
            #"{"start": [1000], "end": [2500], "text": ["Hello"]}"#
        ),
        SubRipCase(
            "information separators",
            "1\u{1C}\(times)\u{1D}Hello\u{1E}World",
            #"{"start": [1000], "end": [2500], "text": ["Hello World"]}"#
        ),
        SubRipCase(
            "no end of line",
            "1\n\(times)\nHello",
            #"{"start": [1000], "end": [2500], "text": ["Hello"]}"#
        ),
        SubRipCase(
            "no index",
            "\(times)\nHello\n",
            #"{"start": [1000], "end": [2500], "text": ["Hello"]}"#
        ),
        SubRipCase(
            "no index and no text",
            "\(times)\n",
            nil
        ),
        SubRipCase(
            "index that is a word",
            "one\n\(times)\nHello\n",
            #"{"start": [1000], "end": [2500], "text": ["Hello"]}"#
        ),
        SubRipCase(
            "index that is a brace",
            "{\n\(times)\nHello\n",
            #"{"start": [1000], "end": [2500], "text": ["Hello"]}"#
        ),
        SubRipCase(
            "index with an arrow",
            "1 --> 2\n\(times)\nHello\n",
            nil
        ),
        SubRipCase(
            "two index lines",
            "1\n1\n\(times)\nHello\n",
            nil
        ),
        SubRipCase(
            "empty text",
            "1\n\(times)\n\n2\n\(times)\nHello\n",
            #"{"start": [1000, 1000], "end": [2500, 2500], "text": ["", "Hello"]}"#
        ),
        SubRipCase(
            "blank lines in front",
            "\n\n1\n\(times)\nHello\n",
            #"{"start": [1000], "end": [2500], "text": ["Hello"]}"#
        ),
        SubRipCase(
            "many blank lines between",
            "1\n\(times)\nHello\n\n \n\t\n2\n\(times)\nBye\n",
            #"{"start": [1000, 1000], "end": [2500, 2500], "text": ["Hello", "Bye"]}"#
        ),
        SubRipCase(
            "blank line of no-break spaces",
            "1\n\(times)\nHello\n\u{A0}\u{3000}\n2\n\(times)\nBye\n",
            #"{"start": [1000, 1000], "end": [2500, 2500], "text": ["Hello", "Bye"]}"#
        ),
        SubRipCase(
            "blank line in a cue",
            "1\n\(times)\nHello\n\nWorld\n\n",
            nil
        ),
        SubRipCase(
            "blank line before the times",
            "1\n\n\(times)\nHello\n",
            nil
        ),
        SubRipCase(
            "zero width space is no blank",
            "1\n\(times)\nHello\n\u{200B}\nWorld\n",
            #"{"start": [1000], "end": [2500], "text": ["Hello \u200b World"]}"#
        ),
        SubRipCase(
            "blanks at the ends of lines",
            "1 \n\(times) \t\n Hello \u{3000}\nWorld\u{1F}\n",
            #"{"start": [1000], "end": [2500], "text": [" Hello World"]}"#
        ),
        SubRipCase(
            "points for commas",
            "1\n00:00:01.000 --> 00:00:02.500\nHello\n",
            #"{"start": [1000], "end": [2500], "text": ["Hello"]}"#
        ),
        SubRipCase(
            "colons for commas",
            "1\n00:00:01:000 --> 00:00:02:500\nHello\n",
            #"{"start": [1000], "end": [2500], "text": ["Hello"]}"#
        ),
        SubRipCase(
            "short parts",
            "1\n0:0:6,5 --> 0:1:0,50\nHello\n",
            #"{"start": [6005], "end": [60050], "text": ["Hello"]}"#
        ),
        SubRipCase(
            "long hours",
            "1\n100:00:00,000 --> 100:00:01,000\nHello\n",
            #"{"start": [360000000], "end": [360001000], "text": ["Hello"]}"#
        ),
        SubRipCase(
            "parts over their range",
            "1\n00:99:99,9999 --> 00:00:00,000\nHello\n",
            #"{"start": [6048999], "end": [0], "text": ["Hello"]}"#
        ),
        SubRipCase(
            "end before start",
            "1\n00:00:05,000 --> 00:00:02,500\nHello\n",
            #"{"start": [5000], "end": [2500], "text": ["Hello"]}"#
        ),
        SubRipCase(
            "position",
            "1\n\(times) X1:40 X2:600\nHello\n",
            #"{"start": [1000], "end": [2500], "text": ["Hello"]}"#
        ),
        SubRipCase(
            "position with an arrow",
            "1\n\(times) --> X\nHello\n",
            nil
        ),
        SubRipCase(
            "position after a tab",
            "1\n\(times)\tX1:40\nHello\n",
            nil
        ),
        SubRipCase(
            "no blanks at the arrow",
            "1\n00:00:01,000-->00:00:02,500\nHello\n",
            #"{"start": [1000], "end": [2500], "text": ["Hello"]}"#
        ),
        SubRipCase(
            "long arrow",
            "1\n00:00:01,000 ---> 00:00:02,500\nHello\n",
            #"{"start": [1000], "end": [2500], "text": ["Hello"]}"#
        ),
        SubRipCase(
            "short arrow",
            "1\n00:00:01,000 -> 00:00:02,500\nHello\n",
            nil
        ),
        SubRipCase(
            "two arrows in one",
            "1\n00:00:01,000 -->--> 00:00:02,500\nHello\n",
            nil
        ),
        SubRipCase(
            "nothing but an arrow",
            "1\n-->\nHello\n",
            #"{"start": [0], "end": [0], "text": ["Hello"]}"#
        ),
        SubRipCase(
            "no start",
            "1\n --> 00:00:02,500\nHello\n",
            #"{"start": [0], "end": [2500], "text": ["Hello"]}"#
        ),
        SubRipCase(
            "no end",
            "1\n00:00:01,000 -->\nHello\n",
            #"{"start": [1000], "end": [0], "text": ["Hello"]}"#
        ),
        SubRipCase(
            "three parts",
            "1\n00:01,000 --> 00:00:02,500\nHello\n",
            nil
        ),
        SubRipCase(
            "five parts",
            "1\n00:\(times)\nHello\n",
            nil
        ),
        SubRipCase(
            "letters in a part",
            "1\n00:00:aa,270 --> 00:00:02,500\nHello\n",
            #"{"start": [270], "end": [2500], "text": ["Hello"]}"#
        ),
        SubRipCase(
            "letters after digits",
            "1\n00:00:5a,270 --> 00:00:02,500\nHello\n",
            #"{"start": [5270], "end": [2500], "text": ["Hello"]}"#
        ),
        SubRipCase(
            "empty part",
            "1\n00::01,270 --> 00:00:02,\nHello\n",
            #"{"start": [1270], "end": [2000], "text": ["Hello"]}"#
        ),
        SubRipCase(
            "blanks in a part",
            "1\n00: 01 :02,270 --> 00:00:02,500\nHello\n",
            #"{"start": [62270], "end": [2500], "text": ["Hello"]}"#
        ),
        SubRipCase(
            "no-break space in a part",
            "1\n00:00:\u{A0}5\u{A0},270 --> 00:00:02,500\nHello\n",
            #"{"start": [5270], "end": [2500], "text": ["Hello"]}"#
        ),
        SubRipCase(
            "unit separator in a part",
            "1\n00:00:\u{1F}5,270 --> 00:00:6\u{1F},500\nHello\n",
            #"{"start": [270], "end": [6500], "text": ["Hello"]}"#
        ),
        SubRipCase(
            "sign",
            "1\n00:00:-1,000 --> 00:00:+2,500\nHello\n",
            #"{"start": [-1000], "end": [2500], "text": ["Hello"]}"#
        ),
        SubRipCase(
            "sign with a blank",
            "1\n00:00:- 1,000 --> 00:00:02,500\nHello\n",
            #"{"start": [0], "end": [2500], "text": ["Hello"]}"#
        ),
        SubRipCase(
            "underscores",
            "1\n00:00:1_0,0_0 --> 00:00:1__0,500\nHello\n",
            #"{"start": [10000], "end": [1500], "text": ["Hello"]}"#
        ),
        SubRipCase(
            "underscore at an end",
            "1\n00:00:_1,000 --> 00:00:2_,500\nHello\n",
            #"{"start": [0], "end": [2500], "text": ["Hello"]}"#
        ),
        SubRipCase(
            "digits of another script",
            "1\n00:00:\u{661},000 --> 00:00:\u{96B}\u{96C},500\nHello\n",
            #"{"start": [1000], "end": [56500], "text": ["Hello"]}"#
        ),
        SubRipCase(
            "superscripts are no digits",
            "1\n00:00:\u{B2},000 --> 00:00:5\u{B2},500\nHello\n",
            #"{"start": [0], "end": [5500], "text": ["Hello"]}"#
        ),
        SubRipCase(
            "NUL",
            "1\u{0}\n00:00:0\u{0}1,000 --> 00:00:02,500\nHel\u{0}lo\n",
            #"{"start": [0], "end": [2500], "text": ["Hel\u0000lo"]}"#
        ),
        SubRipCase(
            "tags and entities",
            "1\n\(times)\n<i>Let&#39;s</i> {\\an8}\n",
            #"{"start": [1000], "end": [2500], "text": ["<i>Let&#39;s</i> {\\an8}"]}"#
        ),
        SubRipCase(
            "quotes and controls",
            "1\n\(times)\n\"a\" \\ \t \u{8} \u{7F} \u{1B}[0m /\n",
            #"{"start": [1000], "end": [2500], "text": ["\"a\" \\ \t \b \u007f \u001b[0m /"]}"#
        ),
        SubRipCase(
            "letters beyond ASCII",
            "1\n\(times)\n\u{E9} e\u{301} \u{4E2D}\u{6587} \u{1F600} \u{FFFF}\n",
            #"{"start": [1000], "end": [2500], "text": ["\u00e9 e\u0301 \u4e2d\u6587 \ud83d\ude00 \uffff"]}"#
        ),
        SubRipCase(
            "second byte order mark",
            "\u{FEFF}1\n\(times)\nHello\n",
            #"{"start": [1000], "end": [2500], "text": ["Hello"]}"#
        ),
        SubRipCase(
            "byte order mark before times",
            "\u{FEFF}\(times)\nHello\n",
            #"{"start": [1000], "end": [2500], "text": ["Hello"]}"#
        ),
        SubRipCase(
            "plain text",
            "Hello\nWorld\n",
            nil
        ),
        SubRipCase(
            "one line",
            "Hello\n",
            nil
        ),
        SubRipCase(
            "WEBVTT",
            "WEBVTT\n\n00:01.000 --> 00:02.500\nHello\n",
            nil
        ),
        SubRipCase(
            "second cue broken",
            "1\n\(times)\nHello\n\n2\n\(times)\nWorld\n\n3\nBye\n",
            nil
        ),
        SubRipCase(
            "blanks",
            " \n\t\n",
            #"{"start": [], "end": [], "text": []}"#
        ),
    ]
}
