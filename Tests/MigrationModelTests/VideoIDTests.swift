// SPDX-License-Identifier: Apache-2.0
import Foundation
import MigrationModel
import Testing

@Suite struct VideoIDTests {
    /// As Python's `uuid.uuid5(uuid.NAMESPACE_URL, key)` prints them.
    @Test(arguments: [
        (
            "block-v1:AcmeX+Bio1+2018_T1+type@video+block@9f3c2a41d5b84a0c8a1e3c0d5c1f7b2e",
            "28bf1028-ecdc-5488-841c-0a64f29c6296"
        ),
        ("block-v1:AcmeX+Bio1+2018_T1+type@video+block@1", "e41fc557-f9ae-5021-9cc7-3836f2fb73c9"),
        ("i4x://AcmeX/Bio1/video/9f3c2a", "d26520c4-358a-5743-a8d2-832653311f6c"),
        ("block-v1:\u{DC}n\u{EF}+Bio1+R+type@video+block@x", "1e107cc1-f795-5c81-bbde-89597efaedba"),
        (
            "block-v1:AcmeX+Bio1+2018_T1+type@video+block@" + String(repeating: "a", count: 200),
            "9552c5c5-beef-5525-ad99-b2d6cc31048c"
        ),
    ])
    func `a block without an id gets the one its key derives`(_ block: String, _ id: String) throws {
        let derived = VideoID(derivedFrom: try UsageKey(block))
        #expect(derived.text == id)
        #expect(derived.objection == nil)
    }

    @Test(arguments: ["", "a", "0f7d3d0e-6b0b-4a55-9a0c-0d4c9e3f8a11", "A_b-9", String(repeating: "x", count: 100)])
    func `edx-val takes letters, digits, dashes and underscores`(_ id: String) {
        #expect(VideoID(unchecked: id).objection == nil)
    }

    @Test(arguments: [
        ("a b", "it holds the character \" \"; only letters, digits, - and _ may stand in it"),
        ("a.b", "it holds the character \".\"; only letters, digits, - and _ may stand in it"),
        ("\u{E9}", "it holds the character \"\\u{00E9}\"; only letters, digits, - and _ may stand in it"),
        ("a\n", "it holds the character \"\\n\"; only letters, digits, - and _ may stand in it"),
        (String(repeating: "x", count: 101), "it is 101 characters long; 100 is the most"),
    ])
    func `edx-val's objection is said`(_ id: String, _ objection: String) {
        #expect(VideoID(unchecked: id).objection == objection)
    }

    @Test func `a UUID's hexadecimal form has no dashes and no capitals`() throws {
        let uuid = try #require(UUID(uuidString: "0F7D3D0E-6B0B-4A55-9A0C-0D4C9E3F8A11"))
        #expect(uuid.hexadecimal == "0f7d3d0e6b0b4a559a0c0d4c9e3f8a11")
        #expect(UUID.urlNamespace.uuidString == "6BA7B811-9DAD-11D1-80B4-00C04FD430C8")
    }
}
