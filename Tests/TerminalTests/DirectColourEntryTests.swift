// SPDX-License-Identifier: Apache-2.0
import Foundation
import Testing

@testable import Terminal

@Suite struct DirectColourEntryTests {
    @Test(arguments: DirectColourEntry.all)
    func `an entry is what its name says`(_ entry: DirectColourEntry) throws {
        #expect(entry.terminfo.hasPrefix("b64:"))
        let text = entry.terminfo.dropFirst(4).replacing("-", with: "+").replacing("_", with: "/")
        let bytes = try #require(Data(base64Encoded: String(text)))
        // The mark of entries with 32-bit numbers, without which there are no more than 32,767 colours.
        #expect(bytes.prefix(2).elementsEqual([0x1E, 0x02]))
        #expect(bytes.dropFirst(12).starts(with: Data((entry.name + "|").utf8)))
    }
}
