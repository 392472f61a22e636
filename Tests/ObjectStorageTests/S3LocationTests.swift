// SPDX-License-Identifier: Apache-2.0
import MigrationModel
import Testing

@testable import ObjectStorage

@Suite struct S3LocationTests {
    @Test func `a bucket of AWS is asked by its host`() throws {
        let place = try S3Location("//campus-val")
        #expect(place.requestHost == "campus-val.s3.us-east-1.amazonaws.com")
        #expect(place.path("video-transcripts/a b.srt") == "/video-transcripts/a%20b.srt")
        #expect(place.path(nil) == "/")
        #expect(!place.isInTheClear)
    }

    @Test func `a bucket with dots, or of another server, is asked by path`() throws {
        #expect(try S3Location("//campus.val?region=eu-west-1").requestHost == "s3.eu-west-1.amazonaws.com")
        let place = try S3Location("//campus-val?endpoint=http://127.0.0.1:9000/")
        #expect(place.requestHost == "127.0.0.1:9000")
        #expect(place.path("a.srt") == "/campus-val/a.srt")
        #expect(place.isInTheClear)
        #expect(
            try S3Location("//campus-val?endpoint=https://s3.campus.edu&addressing=virtual").requestHost
                == "campus-val.s3.campus.edu")
    }

    /// Open edX: the storage location stands before the key and not in the catalog's column (section 5.3).
    @Test(arguments: ["//b-b/media/val", "//b-b//media//val/"])
    func `a location stands before every key`(_ text: String) throws {
        let place = try S3Location("\(text)?endpoint=http://h:1")
        #expect(place.path("video-transcripts/a.srt") == "/b-b/media/val/video-transcripts/a.srt")
        #expect(place.root == "media/val/")
    }

    @Test func `a port that goes without saying is not said`() throws {
        #expect(try S3Location("//bucket?endpoint=https://Host:443").requestHost == "host")
        #expect(try S3Location("//bucket?endpoint=http://host:80").requestHost == "host")
        #expect(try S3Location("//bucket?endpoint=https://host:80").requestHost == "host:80")
    }

    @Test(arguments: [
        ("bucket", "two slashes"), ("//", "no bucket"), ("//UPPER", "no name of a bucket"),
        ("//ab", "no name of a bucket"),
        ("//bucket?endpoint=host:9000", "endpoint="), ("//bucket?endpoint=http://u:p@host", "endpoint="),
        ("//bucket?endpoint=http://host/path", "endpoint="), ("//bucket?addressing=dns", "addressing=dns"),
        ("//bucket?accept=everything", "accept=everything"), ("//bucket?zone=1", "zone"), ("//bucket?=", "it knows"),
    ])
    func `a slip of the pen is named`(_ text: String, _ words: String) {
        let problem = #expect(throws: S3Location.Problem.self) { try S3Location(text) }
        #expect(problem?.description.contains(words) == true)
    }

    @Test(arguments: [
        "//bucket?secret_key=s3cret", "//id:s3cret@bucket", "//bucket?endpoint=http://id:s3cret@host",
        "//bucket?s3cret",
    ])
    func `what may be a secret is not repeated`(_ text: String) {
        let problem = #expect(throws: S3Location.Problem.self) { try S3Location(text) }
        #expect(problem?.description.contains("s3cret") == false)
    }

    @Test func `weaknesses are accepted by their names`() throws {
        #expect(try S3Location("//bucket?accept=put-race,unchecked").accepted == [.putRace, .unchecked])
        #expect(try S3Location("//bucket").accepted == [])
    }
}
