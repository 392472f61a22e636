// SPDX-License-Identifier: Apache-2.0
import Settings

extension TranscriptStore {
    /// Reads what the chosen storage is told by its own arguments and by the settings of all storages.
    ///
    /// - Parameters:
    ///   - mediaRoot: the platform's folder for uploads where the settings name none.
    /// - Returns: nil where something is missing or wrong, which is a problem then.
    init?(_ choice: StorageChoice, _ root: Section, mediaRoot: Found<String>?, _ findings: inout Findings) {
        let known = findings.problems.count
        let store =
            switch choice.kind {
            case .bucket: Self.bucket(choice, root, &findings)
            case .folder: Self.folder(choice, root, mediaRoot, &findings)
            }
        guard let store, findings.problems.count == known else { return nil }
        self = store
    }

    // MARK: - Folders

    private static func folder(
        _ choice: StorageChoice, _ root: Section, _ mediaRoot: Found<String>?, _ findings: inout Findings
    ) -> TranscriptStore? {
        for key in ["bucket_name", "bucket"] {
            if let stray = choice.options?[key] {
                findings.complain(
                    stray.place, "\(stray.path) names a bucket, but \(choice.storageClass.value) keeps files",
                    advice: "write STORAGE_CLASS: storages.backends.s3.S3Storage, or remove the bucket")
            }
        }
        let location = choice.options?.text("location", &findings)
        let setting = location == nil ? root["MEDIA_ROOT"] : choice.options?["location"]
        guard let path = location ?? setting?.text(&findings) ?? mediaRoot else {
            findings.complain(
                choice.place, "no setting says where transcripts are kept: there is neither a storage nor MEDIA_ROOT",
                advice: "write STORAGE_CLASS and STORAGE_KWARGS into VIDEO_TRANSCRIPTS_SETTINGS, or MEDIA_ROOT")
            return nil
        }
        if let setting, !path.value.hasPrefix("/") {
            findings.complain(
                setting.place, "\(setting.path) is \"\(path.value)\", which depends on where the platform is started",
                advice: "write a path that begins with /")
        }
        return .folder(path, storageClass: choice.storageClass)
    }

    // MARK: - Buckets

    private static func bucket(
        _ choice: StorageChoice, _ root: Section, _ findings: inout Findings
    ) -> TranscriptStore? {
        /// An argument of the storage goes before the setting of all storages.
        func setting(_ argument: String, _ name: String) -> Setting? { choice.options?[argument] ?? root[name] }
        let name = bucketName(choice, root, &findings)
        let encrypted = setting("use_ssl", "AWS_S3_USE_SSL")?.flag(&findings)
        let isEncrypted = encrypted ?? Found(true, .rule("django-storages' default"))
        let location = setting("location", "AWS_LOCATION").flatMap { Self.location($0, &findings) }
        let endpoint =
            choice.storageClass.value == StorageChoice.oldestBucketClass
            ? oldEndpoint(setting("host", "AWS_S3_HOST"), root, isEncrypted.value, &findings)
            : setting("endpoint_url", "AWS_S3_ENDPOINT_URL").flatMap { Self.endpoint($0, &findings) }
        let region = setting("region_name", "AWS_S3_REGION_NAME")?.text(&findings)
        let addressing = setting("addressing_style", "AWS_S3_ADDRESSING_STYLE").flatMap {
            Self.addressing($0, &findings)
        }
        guard let name else { return nil }
        return .bucket(
            Bucket(
                name: name, location: location, endpoint: endpoint, region: region, addressing: addressing,
                isEncrypted: isEncrypted, storageClass: choice.storageClass))
    }

    /// Open edX: `bucket_name`, or `bucket` for old classes, else `AWS_STORAGE_BUCKET_NAME`.
    private static func bucketName(
        _ choice: StorageChoice, _ root: Section, _ findings: inout Findings
    ) -> Found<String>? {
        let argument = choice.options?.either(["bucket_name", "bucket"], &findings)
        guard let setting = argument ?? root["AWS_STORAGE_BUCKET_NAME"] else {
            findings.complain(
                choice.place, "no bucket is named for \(choice.storageClass.value)",
                advice: "write bucket_name into STORAGE_KWARGS, or AWS_STORAGE_BUCKET_NAME")
            return nil
        }
        if setting.isEmptyText {
            findings.complain(
                setting.place, "\(setting.path) is empty, so no bucket is named", advice: "write the bucket's name")
        }
        guard let name = setting.text(&findings) else { return nil }
        let letters = Set("abcdefghijklmnopqrstuvwxyz0123456789.-_")
        if !(3...63).contains(name.value.utf8.count) || !name.value.allSatisfy(letters.contains) {
            findings.complain(
                setting.place, "\(setting.path) is \"\(name.value)\", which is no name of a bucket",
                advice: "write 3 to 63 of a-z, 0-9, . and -")
        }
        return name
    }

    /// What stands before every key, without slashes at its ends.
    private static func location(_ setting: Setting, _ findings: inout Findings) -> Found<String>? {
        guard let text = setting.text(&findings) else { return nil }
        let parts = text.value.split(separator: "/")
        if parts.contains("..") {
            findings.complain(
                setting.place, "\(setting.path) contains ..", advice: "write the folder that objects are in")
        }
        if text.value.contains("?") {
            findings.complain(
                setting.place, "\(setting.path) contains a question mark, at which the place in a bucket would end",
                advice: "give --store with a location that has none")
        }
        return parts.isEmpty ? nil : text.map { _ in parts.joined(separator: "/") }
    }

    /// A URL with scheme, host and port. What else stands there is not told: somebody may have put a secret into it.
    private static func endpoint(_ setting: Setting, _ findings: inout Findings) -> Found<String>? {
        guard let text = setting.text(&findings) else { return nil }
        let parts = text.value.split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count >= 3, ["http:", "https:"].contains(parts[0].lowercased()), parts[1].isEmpty,
            !parts[2].isEmpty, parts.dropFirst(3).allSatisfy(\.isEmpty), parts[2].allSatisfy(isHostLetter)
        else {
            findings.complain(
                setting.place, "\(setting.path) is no address of a server",
                advice: "write https://HOST or https://HOST:PORT, without path, user or password")
            return nil
        }
        return text.map { _ in "\(parts[0].lowercased())//\(parts[2])" }
    }

    private static func isHostLetter(_ letter: Character) -> Bool {
        letter.isASCII && (letter.isLetter || letter.isNumber || "-._:[]".contains(letter))
    }

    /// The oldest class knows hosts and ports instead of URLs.
    private static func oldEndpoint(
        _ host: Setting?, _ root: Section, _ isEncrypted: Bool, _ findings: inout Findings
    ) -> Found<String>? {
        guard let host, let name = host.text(&findings) else { return nil }
        guard name.value.allSatisfy(isHostLetter) else {
            findings.complain(
                host.place, "\(host.path) is no name of a server", advice: "write the host alone, such as s3.acme.org")
            return nil
        }
        let port = root["AWS_S3_PORT"]?.port(usual: isEncrypted ? 443 : 80, &findings)
        return name.map { "\(isEncrypted ? "https" : "http")://\($0)\(port.map { ":\($0.value)" } ?? "")" }
    }

    private static func addressing(_ setting: Setting, _ findings: inout Findings) -> Found<Bucket.Addressing>? {
        guard let text = setting.text(&findings), text.value != "auto" else { return nil }
        if let known = Bucket.Addressing(rawValue: text.value) { return text.map { _ in known } }
        findings.complain(
            setting.place, "\(setting.path) is \"\(text.value)\", which is no way to address a bucket",
            advice: "write path, virtual or auto")
        return nil
    }
}
