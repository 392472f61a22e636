// SPDX-License-Identifier: Apache-2.0
import Canvas
import Testing
import Themes

@Suite struct EyesTests {
    @Test(arguments: Eyes.allCases, [0x000000, 0x404040, 0x9A9A9A, 0xFFFFFF] as [UInt32])
    func `greys look the same to everybody`(_ eyes: Eyes, _ value: UInt32) {
        #expect(eyes.seen(RGB(value)).distance(to: RGB(value)) < 1)
    }

    @Test(arguments: Eyes.allCases.dropFirst(), [0xCC0000, 0x00AA00, 0x3355FF, 0xF5C542] as [UInt32])
    func `what was seen looks the same when it is seen again`(_ eyes: Eyes, _ value: UInt32) {
        let once = eyes.seen(RGB(value))
        // Colours that a screen cannot show are cut, so a little may change.
        #expect(eyes.seen(once).distance(to: once) < 6)
    }

    @Test func `each kind of eyes mixes up what it is known for`() {
        func distance(_ one: UInt32, _ two: UInt32, _ eyes: Eyes) -> Double {
            eyes.seen(RGB(one)).distance(to: eyes.seen(RGB(two)))
        }
        // A brown and a green of one lightness for the most frequent kind; a dark red and black without long waves.
        #expect(distance(0x9C6B00, 0x6B8000, .deuteranopia) < 12)
        #expect(distance(0x9C6B00, 0x6B8000, .normal) > 30)
        #expect(distance(0x600000, 0x000000, .protanopia) < distance(0x600000, 0x000000, .deuteranopia))
        // Blue-grey and green-grey, without short waves.
        #expect(distance(0x5C90B0, 0x5C9470, .tritanopia) < 12)
        #expect(distance(0x5C90B0, 0x5C9470, .normal) > 30)
    }
}

@Suite struct IndexedColoursTests {
    @Test(
        arguments: [(16, 0x000000), (231, 0xFFFFFF), (102, 0x878787), (69, 0x5F87FF), (220, 0xFFD700), (244, 0x808080)]
            as [(UInt8, UInt32)])
    func `an index has the colour that all terminals give it`(_ index: UInt8, _ value: UInt32) {
        #expect(IndexedColours.colour(index) == RGB(value))
    }

    @Test func `a colour of the cube is nearest to itself`() {
        for index in UInt8(16)...255 {
            let colour = IndexedColours.colour(index)
            #expect(colour.map { IndexedColours.colour(IndexedColours.nearest(to: $0)) } == colour)
        }
        #expect(IndexedColours.colour(15) == nil)
    }

    @Test func `nearest is felt, not rounded`() {
        #expect(IndexedColours.nearest(to: RGB(0x6F8DFF)) == 69)
        #expect(IndexedColours.nearest(to: RGB(0x69FFA9)) == 85)
        #expect(IndexedColours.nearest(to: RGB(0xD8E9FF)) == 189)
    }
}
