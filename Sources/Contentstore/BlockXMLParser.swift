// SPDX-License-Identifier: Apache-2.0
import Foundation
import MigrationModel

#if canImport(FoundationXML)
import FoundationXML
#endif

/// Reads XML of unknown origin: no document types, no entities but XML's own, nothing fetched, nothing unbounded.
struct BlockXMLParser {
    let limits: ExportLimits

    /// The blocks of one document. Blocks for as long as parsing takes.
    ///
    /// - Parameter place: says where a line is, for failures.
    /// - Throws: ``Failure``, `source corrupt`, with the line.
    func parse(_ bytes: [UInt8], place: (Int) -> String) throws -> BlockFile {
        if let problem = XMLProlog(bytes).problem {
            throw Failure.export("read XML", at: place(problem.line), cause: problem.cause)
        }
        let parser = XMLParser(data: Data(bytes))
        parser.shouldResolveExternalEntities = false
        let reader = ElementReader(limits: limits)
        parser.delegate = reader
        // Its result and `parserError` disagree after some errors; the delegate hears of every one.
        _ = parser.parse()
        if let problem = reader.problem {
            throw Failure.export("read XML", at: place(problem.line), cause: problem.cause)
        }
        guard !reader.builder.file.elements.isEmpty else {
            throw Failure.export("read XML", at: place(1), cause: "there is no element in it")
        }
        return reader.builder.file
    }
}

/// What is wrong with a document, and in which line.
struct XMLProblem {
    let line: Int
    let cause: String
}

private final class ElementReader: NSObject, XMLParserDelegate {
    private let limits: ExportLimits
    private(set) var builder = BlockFileBuilder()
    private(set) var problem: XMLProblem?

    init(limits: ExportLimits) { self.limits = limits }

    func parser(
        _ parser: XMLParser,
        didStartElement name: String,
        namespaceURI: String?,
        qualifiedName: String?,
        attributes: [String: String] = [:]
    ) {
        guard problem == nil else { return }
        builder.start(name, attributes, line: parser.lineNumber)
        if builder.depth > limits.documentDepth {
            stop(parser, "elements stand inside each other \(builder.depth) deep; \(limits.documentDepth) is the most")
        } else if builder.file.elements.count > limits.documentElements {
            stop(parser, "it has over \(limits.documentElements) elements")
        }
    }

    func parser(
        _ parser: XMLParser,
        didEndElement name: String,
        namespaceURI: String?,
        qualifiedName: String?
    ) {
        if problem == nil { builder.end() }
    }

    func parser(_ parser: XMLParser, parseErrorOccurred error: any Error) {
        let code = (error as NSError).code
        guard problem == nil, !Self.namespaceErrors.contains(code) else { return }
        let words = Self.words[code].map { "\($0) (XML error \(code))" } ?? "XML error \(code)"
        problem = XMLProblem(line: parser.lineNumber, cause: words)
    }

    private func stop(_ parser: XMLParser, _ cause: String) {
        problem = XMLProblem(line: parser.lineNumber, cause: cause)
        parser.abortParsing()
    }

    /// Undeclared prefixes: authors' HTML has them, and no block is known by one.
    private static let namespaceErrors = 200..<300

    /// The parser gives numbers only.
    private static let words = [
        4: "it does not begin with an element", 5: "it goes on after its end, or ends too early",
        9: "a character that XML forbids", 23: "an & that begins no entity", 26: "an entity that XML does not know",
        38: "a < inside an attribute", 39: "an attribute without quotes", 40: "an attribute that does not end",
        41: "an attribute without a value", 42: "an attribute given twice", 65: "a blank is missing",
        68: "a name is missing", 73: "a > is missing", 76: "an end tag that matches no start tag",
        77: "an element that does not end", 111: "parsing was stopped",
    ]
}
