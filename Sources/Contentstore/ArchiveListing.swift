// SPDX-License-Identifier: Apache-2.0
import MigrationModel

/// Judges an archive by what `tar --list --verbose` says of it, line by line, and stops at the first objection.
struct ArchiveListing {
    /// The members that tell the course's name.
    private(set) var head: [String] = []
    private let name: String
    private let limits: ExportLimits
    private var members = 0
    private var bytes = 0
    private var rest: [UInt8] = []

    private static let longestLine = 64 * 1024
    private static let mostHeadMembers = 64

    init(name: String, limits: ExportLimits) {
        self.name = name
        self.limits = limits
    }

    /// Takes the next piece of the listing.
    ///
    /// - Throws: ``Failure`` at the first member that must not be unpacked.
    mutating func take(_ piece: UnsafeRawBufferPointer) throws {
        rest.append(contentsOf: piece)
        var start = rest.startIndex
        while let end = rest[start...].firstIndex(of: UInt8(ascii: "\n")) {
            try take(line: String(decoding: rest[start..<end], as: UTF8.self))
            start = end + 1
        }
        rest.removeSubrange(..<start)
        guard rest.count <= Self.longestLine else { throw objection("a name is over \(Self.longestLine) bytes long") }
    }

    /// The listing has ended.
    ///
    /// - Throws: ``Failure`` when the archive holds no course, or more than one.
    mutating func finish() throws {
        if !rest.isEmpty { try take(line: String(decoding: rest, as: UTF8.self)) }
        rest = []
        let courses = head.filter { $0.split(separator: "/").last == "course.xml" && depth($0) <= 2 }
        guard !courses.isEmpty else { throw objection("there is no course.xml at its top or one folder below") }
        guard courses.count == 1 || courses.contains(where: { depth($0) == 1 }) else {
            throw objection("it holds more than one course: \(courses.joined(separator: ", "))")
        }
    }

    /// A line is `MODE OWNER/GROUP SIZE DATE TIME NAME`; the name may hold blanks, and control characters are escaped.
    private mutating func take(line: String) throws {
        let fields = line.split(separator: " ", maxSplits: 5, omittingEmptySubsequences: true)
        guard fields.count == 6, let size = Int(fields[2]), let kind = fields[0].first else {
            throw objection("tar lists \(line.debugDescription), which cannot be understood")
        }
        members += 1
        guard members <= limits.archiveMembers else { throw objection("it holds over \(limits.archiveMembers) files") }
        let member = String(fields[5])
        guard kind == "-" || kind == "d" else {
            let kinds: [Character: String] = [
                "l": "a link", "h": "a hard link", "p": "a pipe", "b": "a device", "c": "a device",
            ]
            throw objection("\(member) is \(kinds[kind] ?? "of a kind that no export has"), not a file or folder")
        }
        guard size >= 0, bytes <= limits.archiveBytes - size else {
            throw objection("unpacked it would take over \(limits.archiveBytes) bytes")
        }
        bytes += size
        try judge(name: member)
        if kind == "-" { try keepIfHead(member, size: size) }
    }

    private func judge(name member: String) throws {
        if member.hasPrefix("/") { throw objection("\(member) is an absolute path") }
        if member.split(separator: "/").contains("..") { throw objection("\(member) leads out of the archive") }
        guard depth(member) <= limits.archiveDepth else {
            throw objection("folders stand inside each other over \(limits.archiveDepth) deep")
        }
    }

    private mutating func keepIfHead(_ member: String, size: Int) throws {
        let parts = member.split(separator: "/").filter { $0 != "." }
        let tells =
            switch parts.suffix(3).map(String.init) {
            case let parts where parts.last == "course.xml" && self.depth(member) <= 2: true
            case let parts where parts.count >= 2 && parts[parts.count - 2] == "course" && member.hasSuffix(".xml"):
                self.depth(member) <= 3
            case let parts where parts.count == 3 && parts[0] == "policies" && parts[2] == "policy.json":
                self.depth(member) <= 4
            default: false
            }
        guard tells, head.count < Self.mostHeadMembers else { return }
        guard size <= limits.documentBytes else {
            throw objection("\(member) is \(size) bytes long; \(limits.documentBytes) is the most")
        }
        if member.contains("\\") { throw objection("the name \(member) holds characters that no export's has") }
        head.append(member)
    }

    private func depth(_ member: String) -> Int {
        member.split(separator: "/").count { $0 != "." }
    }

    private func objection(_ cause: String) -> Failure { Failure.export("read archive", at: name, cause: cause) }
}
