// SPDX-License-Identifier: Apache-2.0
import Foundation
package import Settings

/// Which files a platform's settings are in. Open edX: `/edx/etc/studio.yml` and `lms.yml` (older: `*.env.json` with
/// `*.auth.json`), or Tutor's `config.yml` with what it renders.
package struct PlatformFiles: Sendable, Hashable {
    /// The files of one service, Studio or the LMS. Where two have a key at their top, the first has it: secrets are in
    /// `*.auth.json`, which goes before `*.env.json`.
    package struct Service: Sendable, Hashable {
        /// Not empty.
        package let files: [String]

        init(_ files: [String]) { self.files = files }
    }

    /// Tutor's `config.yml`, where there is one.
    package let tutor: String?
    /// The first is read, Studio's where it is there, because Studio writes transcripts; the others are compared with it.
    /// Empty only beside Tutor's `config.yml`.
    package let services: [Service]
    /// Files that were found and left out, because newer ones say the same.
    package let unread: [String]

    /// Every file that is read, in the order in which they are.
    var read: [String] { [tutor].compactMap(\.self) + services.flatMap(\.files) }

    /// Looks which files are there. Blocks.
    ///
    /// - Parameters:
    ///   - path: a file or a folder; nil for those that `CMS_CFG` and `LMS_CFG` name.
    ///   - environment: where those two are looked up.
    /// - Throws: ``FileProblem`` where nothing is there, or nothing that could be settings.
    package init(at path: String?, environment: [String: String]) throws(FileProblem) {
        guard let path else {
            let named = ["CMS_CFG", "LMS_CFG"].compactMap { environment[$0] }.filter { !$0.isEmpty }
            guard !named.isEmpty else {
                throw FileProblem(
                    "the platform's settings", "no path is given, and neither CMS_CFG nor LMS_CFG is set",
                    advice: "give the path of /edx/etc, of lms.yml, or of Tutor's root folder")
            }
            var services: [Service] = []
            for name in named { services.append(try Self.service(Self.absolute(name))) }
            self.init(services: services)
            return
        }
        let place = Self.absolute(path)
        switch try FileKind(of: place) {
        case .folder: self = try Self.found(in: place)
        case .file where URL(fileURLWithPath: place).lastPathComponent == "config.yml":
            self = try Self.tutor(URL(fileURLWithPath: place).deletingLastPathComponent().path)
        case .file: self.init(services: [try Self.service(place)])
        case .other:
            throw FileProblem(place, "this is neither a file nor a folder", advice: "give the path of lms.yml")
        case .nothing: throw FileProblem(place, code: ENOENT)
        }
    }

    private init(tutor: String? = nil, services: [Service], unread: [String] = []) {
        self.tutor = tutor
        self.services = services
        self.unread = unread
    }

    /// Origins keep paths: one that depends on where it is read from would be another place tomorrow.
    private static func absolute(_ path: String) -> String {
        URL(fileURLWithPath: NSString(string: path).expandingTildeInPath).standardizedFileURL.path
    }

    /// The service that a file is of, with the sibling that a JSON file has.
    private static func service(_ file: String) throws(FileProblem) -> Service {
        if file.hasSuffix(".py") {
            throw FileProblem(
                file, "this is Python, which is not run to find settings",
                advice: "give lms.yml or studio.yml, or Tutor's root folder")
        }
        for (own, sibling) in [(".env.json", ".auth.json"), (".auth.json", ".env.json")] where file.hasSuffix(own) {
            let other = String(file.dropLast(own.count)) + sibling
            guard try FileKind(of: other) == .file else { break }
            return Service([file, other].sorted())  // auth before env
        }
        return Service([file])
    }

    // MARK: - Folders

    private static func found(in folder: String) throws(FileProblem) -> PlatformFiles {
        // Some sites call Studio's file cms.yml; *.env.yml is what Tutor renders.
        let yaml = try present(["studio.yml", "cms.yml", "cms.env.yml", "lms.yml", "lms.env.yml"], in: folder)
        let json = try present(["cms.env.json", "cms.auth.json", "lms.env.json", "lms.auth.json"], in: folder)
        let newest = yaml.isEmpty ? json : yaml
        let isStudio = { (file: String) in !URL(fileURLWithPath: file).lastPathComponent.hasPrefix("lms") }
        var services: [Service] = []
        for file in [newest.first(where: isStudio), newest.first { !isStudio($0) }].compactMap(\.self) {
            services.append(try service(file))
        }
        if !services.isEmpty {
            let read = Set(services.flatMap(\.files))
            return PlatformFiles(services: services, unread: (yaml + json).filter { !read.contains($0) })
        }
        guard try FileKind(of: "\(folder)/config.yml") == .file else {
            throw FileProblem(
                folder, "there are no settings of a platform in this folder",
                advice: "give the one with studio.yml and lms.yml, with *.env.json, or with Tutor's config.yml")
        }
        return try tutor(folder)
    }

    private static func tutor(_ root: String) throws(FileProblem) -> PlatformFiles {
        let rendered = try present(["cms.env.yml", "lms.env.yml"], in: "\(root)/env/apps/openedx/config")
        return PlatformFiles(tutor: "\(root)/config.yml", services: rendered.map { Service([$0]) })
    }

    private static func present(_ names: [String], in folder: String) throws(FileProblem) -> [String] {
        var present: [String] = []
        for name in names where try FileKind(of: "\(folder)/\(name)") != .nothing {
            present.append("\(folder)/\(name)")
        }
        return present
    }
}
