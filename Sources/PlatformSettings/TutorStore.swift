// SPDX-License-Identifier: Apache-2.0

/// Where a Tutor platform keeps transcripts unless its rendered files name a storage.
///
/// Open edX: stock Tutor keeps them in `MEDIA_ROOT` on the local disk; plugins that move them into a bucket do so in
/// Python, with keys of their own.
struct TutorStore {
    let config: Section

    /// As the platform's containers see it.
    let mediaRoot = Found("/openedx/media/", .rule("Tutor's default"))
    private static let bucketPlugins = ["minio", "s3"]

    /// The folder; nil where a plugin is there that uses a bucket.
    func store(_ findings: inout Findings) -> TranscriptStore? {
        let plugins = config["PLUGINS"]
        if let plugin = plugins?.entries.first(where: { Self.bucketPlugins.contains($0.written ?? "") }) {
            findings.note(
                plugin.place,
                "\(plugin.path) keeps files in a bucket that it names in Python, which is not run: give --store s3://… "
                    + "with the bucket, and with endpoint= for MinIO")
            return nil
        }
        findings.note(
            config.place,
            "Tutor keeps transcripts on the local disk, in \(mediaRoot.value) of its containers: give --store file:… with "
                + "the folder that is mounted there, or a bucket after a plugin has moved storage into it")
        return .folder(
            mediaRoot, storageClass: Found("django.core.files.storage.FileSystemStorage", mediaRoot.origin))
    }
}
