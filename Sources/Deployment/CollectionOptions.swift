// SPDX-License-Identifier: Apache-2.0
#if MongoDB
import Contentstore
import Foundation

/// What follows the `?` of an endpoint whose place has a platform's collections: `bucket=fs&collection=modulestore&…`.
struct CollectionOptions {
    /// What those are called.
    private(set) var collections = Collections()
    /// All other options, decoded, in their order.
    private(set) var others: [(name: String, value: String)] = []

    /// - Parameters:
    ///   - query: nil for none.
    ///   - refusal: makes the sentence of a reason.
    init(_ query: Substring?, refusal: (String) -> InvalidEndpoint) throws(InvalidEndpoint) {
        for option in (query ?? "").split(separator: "&") {
            let (name, written) = Self.cut(option, at: "=")
            let value = try Self.decoded(written ?? "", "\(name)=", refusal: refusal)
            guard !value.isEmpty else { throw refusal("\(name)= has no value") }
            switch name {
            case "bucket": collections.bucket = value
            case "collection": collections.modulestore = value
            default: others.append((String(name), value))
            }
        }
    }

    static func cut(_ text: Substring, at separator: Character) -> (Substring, Substring?) {
        guard let index = text.firstIndex(of: separator) else { return (text, nil) }
        return (text[..<index], text[text.index(after: index)...])
    }

    static func decoded(
        _ text: Substring, _ what: String, refusal: (String) -> InvalidEndpoint
    ) throws(InvalidEndpoint) -> String {
        guard let decoded = text.removingPercentEncoding, !decoded.isEmpty || text.isEmpty else {
            throw refusal("\(what) has a % that is not followed by two digits")
        }
        return decoded
    }
}
#endif
