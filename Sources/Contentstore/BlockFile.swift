// SPDX-License-Identifier: Apache-2.0
import MigrationModel

/// What one XML file of an export says of blocks; everything else in it is forgotten.
struct BlockFile: Sendable {
    /// An element that stands for a block, or may.
    struct Element: Sendable {
        let type: String
        let urlName: String?
        let line: Int
        /// Whether it says nothing but its name, so that a file must say the rest.
        let isBare: Bool
        /// The elements directly inside it, in document order.
        var children: [Int] = []
        /// What a video element says.
        var video: VideoXML?
    }

    /// In document order; the first is the root.
    fileprivate(set) var elements: [Element] = []
    /// Attributes of the root that courses and drafts are known by.
    fileprivate(set) var rootAttributes: [String: String] = [:]

    /// Block types whose videos migrate. Open edX: very old courses also have `videoalpha` (section 2.1).
    static let videoTypes: Set<String> = ["video", "videoalpha"]

    /// Block types that never hold blocks. What stands inside them is their own markup, where `video` is HTML's.
    static let leafTypes: Set<String> = [
        "about", "annotatable", "chat", "combinedopenended", "course_info", "customtag", "discussion",
        "drag-and-drop-v2", "edx_sga", "google-calendar", "google-document", "html", "imageannotation", "lti",
        "lti_consumer", "openassessment", "peergrading", "poll", "poll_question", "problem", "recommender",
        "static_tab", "survey", "textannotation", "textbook", "videoannotation", "wiki", "word_cloud",
    ]
}

/// Collects a ``BlockFile`` while a parser reports elements.
struct BlockFileBuilder {
    private enum Frame {
        case block(Int)
        case video(Int, VideoXML.Builder)
        case ignored
    }

    private(set) var file = BlockFile()
    private var frames: [Frame] = []

    /// How many elements are open.
    var depth: Int { frames.count }

    mutating func start(_ type: String, _ attributes: [String: String], line: Int) {
        switch frames.last {
        case nil: append(type, attributes, line, to: nil)
        case .block(let parent): append(type, attributes, line, to: parent)
        case .video(let index, var video):
            frames.removeLast()
            video.child(type, attributes)
            frames.append(.video(index, video))
            frames.append(.ignored)
        case .ignored: frames.append(.ignored)
        }
    }

    mutating func end() {
        if case .video(let index, let video) = frames.popLast() { file.elements[index].video = video.finish() }
    }

    private mutating func append(_ type: String, _ attributes: [String: String], _ line: Int, to parent: Int?) {
        let index = file.elements.count
        let isBare = attributes.keys.allSatisfy { $0 == "url_name" }
        file.elements.append(
            BlockFile.Element(type: type, urlName: attributes["url_name"], line: line, isBare: isBare)
        )
        if let parent {
            file.elements[parent].children.append(index)
        } else {
            let names = ["org", "course", "display_name", "parent_url", "parent_sequential_url"]
            for name in names { file.rootAttributes[name] = attributes[name] }
        }
        if BlockFile.videoTypes.contains(type) {
            frames.append(.video(index, VideoXML.Builder(attributes, line: line)))
        } else {
            frames.append(BlockFile.leafTypes.contains(type) ? .ignored : .block(index))
        }
    }
}

extension BlockFile {
    /// A file that only names another block.
    init(pointerTo block: BlockPath) {
        var builder = BlockFileBuilder()
        let parts = block.text.split(separator: "/", maxSplits: 1).map(String.init)
        builder.start(parts[0], ["url_name": parts[1]], line: 1)
        builder.end()
        self = builder.file
    }
}
