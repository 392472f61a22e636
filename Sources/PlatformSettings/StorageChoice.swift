// SPDX-License-Identifier: Apache-2.0
import Settings

/// Which of Django's storages keeps transcripts, and what it is told.
struct StorageChoice {
    enum Kind {
        case bucket, folder
    }

    let kind: Kind
    let storageClass: Found<String>
    /// Of the setting that chose it.
    let place: Place
    /// The storage's own arguments, which go before the settings of all.
    let options: Section?

    /// Those before django-storages 1.10 took `bucket` for `bucket_name`, the oldest alone also `host`.
    static let oldestBucketClass = "storages.backends.s3boto.S3BotoStorage"
    private static let bucketClasses = [
        "storages.backends.s3.S3Storage", "storages.backends.s3boto3.S3Boto3Storage", oldestBucketClass,
    ]
    private static let folderClasses = [
        "django.core.files.storage.FileSystemStorage", "django.core.files.storage.filesystem.FileSystemStorage",
    ]
    private static let foreignClasses = [
        "storages.backends.gcloud.GoogleCloudStorage": "Google's store",
        "storages.backends.azure_storage.AzureStorage": "Azure's store",
        "swift.storage.SwiftStorage": "OpenStack's store",
    ]

    /// Open edX: first `STORAGES.video_transcripts`, then `STORAGE_CLASS` of the transcripts' own settings, then the
    /// default storage in either spelling, then local files. `STORAGE_KWARGS` belong to the class even where the default
    /// storage is taken, unless that has options of its own.
    ///
    /// - Parameter transcripts: `VIDEO_TRANSCRIPTS_SETTINGS`, where it is there.
    /// - Returns: nil where no storage is known, which is a problem then.
    init?(_ root: Section, _ transcripts: Section?, _ findings: inout Findings) {
        let known = findings.problems.count
        let storages = root.section("STORAGES", &findings)
        let arguments = transcripts?.section("STORAGE_KWARGS", &findings)
        if let own = storages?["video_transcripts"] {
            if let passed = transcripts?["STORAGE_CLASS"] {
                findings.note(passed.place, "\(passed.path) is not used: \(own.path) goes before it")
            }
            guard let entry = own.section(&findings) else { return nil }
            self.init(entry, "BACKEND", options: entry.section("OPTIONS", &findings), &findings)
        } else if let transcripts, transcripts["STORAGE_CLASS"]?.isEmptyText == false {
            self.init(transcripts, "STORAGE_CLASS", options: arguments, &findings)
        } else if let setting = storages?["default"] {
            guard let entry = setting.section(&findings) else { return nil }
            let own = entry.section("OPTIONS", &findings).flatMap { $0.keys.isEmpty ? nil : $0 }
            self.init(entry, "BACKEND", options: own ?? arguments, &findings)
        } else if root["DEFAULT_FILE_STORAGE"] != nil {
            self.init(root, "DEFAULT_FILE_STORAGE", options: arguments, &findings)
        } else {
            self.init(
                .folder, Found(Self.folderClasses[0], .rule("Django's default")), transcripts?.place ?? root.place,
                options: arguments)
        }
        guard findings.problems.count == known else { return nil }
    }

    private init(_ kind: Kind, _ storageClass: Found<String>, _ place: Place, options: Section?) {
        self.kind = kind
        self.storageClass = storageClass
        self.place = place
        self.options = options
    }

    private init?(_ section: Section, _ key: String, options: Section?, _ findings: inout Findings) {
        guard let storageClass = section.required(key, example: Self.bucketClasses[0], &findings),
            let setting = section[key]
        else { return nil }
        if Self.bucketClasses.contains(storageClass.value) {
            self.init(.bucket, storageClass, setting.place, options: options)
        } else if Self.folderClasses.contains(storageClass.value) {
            self.init(.folder, storageClass, setting.place, options: options)
        } else {
            let near = (Self.bucketClasses + Self.folderClasses).nearest(to: storageClass.value)
            if let foreign = Self.foreignClasses[storageClass.value] {
                findings.complain(
                    setting.place, "\(setting.path) is \(foreign), which Mallow does not write to",
                    advice: "move transcripts into a bucket or a folder")
            } else {
                findings.complain(
                    setting.place, "\(setting.path) is \"\(storageClass.value)\", a class that Mallow does not know",
                    advice: near.map { "perhaps \($0) is meant" } ?? "give --store yourself")
            }
            return nil
        }
    }
}
