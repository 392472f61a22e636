// SPDX-License-Identifier: Apache-2.0
import Foundation
import MigrationModel

#if canImport(FoundationXML)
import FoundationXML
#endif

/// What a server says of an error. It comes from outside: nothing in it is believed but for a person to read, and its
/// code to go by.
struct S3ErrorBody {
    let code: String
    let message: String

    /// nil when there is nothing like it in `bytes`.
    init?(_ bytes: [UInt8]) {
        let leaves = XMLLeaves(bytes)
        guard leaves.root == "Error", let code = leaves.first("Code"), !code.isEmpty, code.utf8.count <= 64 else {
            return nil
        }
        self.code = code
        let message = leaves.first("Message") ?? ""
        self.message = String(
            message.unicodeScalars.filter { !$0.properties.isWhitespace || $0 == " " }.prefix(300).map(Character.init))
    }
}

/// One page of a listing.
struct S3ListingBody {
    /// Keys as they are in the bucket.
    let keys: [String]
    /// What asks for the next page; nil after the last.
    let next: String?

    init(keys: [String], next: String?) {
        self.keys = keys
        self.next = next
    }

    /// nil when `bytes` are no whole page.
    init?(_ bytes: [UInt8]) {
        let leaves = XMLLeaves(bytes)
        guard leaves.root == "ListBucketResult", leaves.isWhole else { return nil }
        let isEncoded = leaves.first("EncodingType") == "url"
        var keys: [String] = []
        for (path, text) in leaves.all where path == "Contents/Key" {
            guard let key = isEncoded ? PercentEncoding.decodeQuery(text) : text else { return nil }
            keys.append(key)
        }
        self.keys = keys
        let isTruncated = leaves.first("IsTruncated") == "true"
        next = isTruncated ? leaves.first("NextContinuationToken") : nil
        if isTruncated, next == nil { return nil }
    }
}

/// The texts of a small XML document, by the path of the element each stands in, below the root.
///
/// Documents with a document type of their own are not read at all: no server needs one, and what is dangerous in XML
/// begins with it.
private final class XMLLeaves: NSObject, XMLParserDelegate {
    private(set) var root = ""
    private(set) var all: [(path: String, text: String)] = []
    private(set) var isWhole = false
    private var path: [String] = []
    private var isClosed = false
    private var text = ""

    init(_ bytes: [UInt8]) {
        super.init()
        guard bytes.contains(UInt8(ascii: "<")), !Data(bytes).contains(doctype) else { return }
        let parser = XMLParser(data: Data(bytes))
        parser.shouldResolveExternalEntities = false
        parser.delegate = self
        // Of a document that is cut off, the parser may say that it is well.
        isWhole = parser.parse() && isClosed
    }

    func first(_ path: String) -> String? { all.first { $0.path == path }?.text }

    private var doctype: Data { Data("<!DOCTYPE".utf8) }

    func parser(
        _ parser: XMLParser, didStartElement name: String, namespaceURI: String?, qualifiedName: String?,
        attributes: [String: String] = [:]
    ) {
        if root.isEmpty { root = name } else { path.append(name) }
        text = ""
        if path.count > 8 { parser.abortParsing() }
    }

    func parser(_ parser: XMLParser, foundCharacters string: String) { text += string }

    func parser(
        _ parser: XMLParser, didEndElement name: String, namespaceURI: String?, qualifiedName: String?
    ) {
        guard !path.isEmpty else {
            isClosed = true
            return
        }
        all.append((path.joined(separator: "/"), text))
        text = ""
        path.removeLast()
    }
}

extension Data {
    fileprivate func contains(_ other: Data) -> Bool { range(of: other) != nil }
}
