// SPDX-License-Identifier: Apache-2.0

/// A transfer that brought no whole response.
package struct TransferError: Error, Sendable, Hashable, CustomStringConvertible {
    /// libcurl's number for it.
    package let code: UInt32
    /// libcurl's own words.
    package let words: String
    /// Whether any byte of the request left this machine: then what it asks for may have been done.
    package let mayHaveArrived: Bool
    /// Whether the other side could not be trusted: its certificate, or its host's name.
    package let isDistrust: Bool

    package var description: String { "\(words) (libcurl \(code))" }

    package init(code: UInt32, words: String, mayHaveArrived: Bool, isDistrust: Bool = false) {
        self.code = code
        self.words = words
        self.mayHaveArrived = mayHaveArrived
        self.isDistrust = isDistrust
    }
}
