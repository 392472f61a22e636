// SPDX-License-Identifier: Apache-2.0

extension String {
    /// The text with `\ud83d\ude00` written as `\U0001F600`: JSON escapes what is beyond U+FFFF in two halves, which YAML
    /// does not know. A half alone becomes U+FFFD. Lines stay where they are.
    func joiningSurrogates() -> String {
        guard utf8.contains(UInt8(ascii: "\\")) else { return self }
        var joined = ""
        var rest = self[...]
        while let backslash = rest.firstIndex(of: "\\") {
            joined += rest[..<backslash]
            rest = rest[backslash...]
            if let high = rest.escapedUnit, 0xD800...0xDFFF ~= high {
                let low = rest.dropFirst(6).escapedUnit
                if high < 0xDC00, let low, 0xDC00...0xDFFF ~= low {
                    let scalar = 0x1_0000 + (UInt32(high) - 0xD800) << 10 + (UInt32(low) - 0xDC00)
                    let digits = String(scalar, radix: 16, uppercase: true)
                    joined += "\\U" + String(repeating: "0", count: 8 - digits.count) + digits
                    rest = rest.dropFirst(12)
                } else {
                    joined += "\\uFFFD"
                    rest = rest.dropFirst(6)
                }
            } else {
                // What follows a backslash begins no escape of its own.
                joined += rest.prefix(2)
                rest = rest.dropFirst(2)
            }
        }
        return joined + rest
    }
}

extension Substring {
    /// The number in `\uXXXX` where the text begins with one.
    fileprivate var escapedUnit: UInt16? {
        let digits = dropFirst(2).prefix(4)
        guard hasPrefix("\\u"), digits.count == 4, digits.allSatisfy(\.isHexDigit) else { return nil }
        return UInt16(digits, radix: 16)
    }
}
