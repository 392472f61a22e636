// SPDX-License-Identifier: Apache-2.0
import PlatformSettings
import Testing

@Suite struct TranscriptSettingsTests {
    private static let s3 = "storages.backends.s3.S3Storage"
    private static let files = "django.core.files.storage.FileSystemStorage"

    @Test(arguments: [
        // The transcripts' own storage of Django goes first.
        (
            "STORAGES: {video_transcripts: {BACKEND: \(s3), OPTIONS: {bucket_name: first}}, default: {BACKEND: \(files)}}\n"
                + "VIDEO_TRANSCRIPTS_SETTINGS: {STORAGE_CLASS: \(s3), STORAGE_KWARGS: {bucket_name: second}}",
            "s3://first", "1 STORAGES.video_transcripts.BACKEND"
        ),
        // Then their class.
        (
            "STORAGES: {default: {BACKEND: \(files)}}\n"
                + "VIDEO_TRANSCRIPTS_SETTINGS: {STORAGE_CLASS: \(s3), STORAGE_KWARGS: {bucket_name: second}}",
            "s3://second", "2 VIDEO_TRANSCRIPTS_SETTINGS.STORAGE_CLASS"
        ),
        // Then the default storage with options of its own,
        (
            "STORAGES: {default: {BACKEND: \(s3), OPTIONS: {bucket_name: third}}}\n"
                + "VIDEO_TRANSCRIPTS_SETTINGS: {STORAGE_KWARGS: {bucket_name: second}}",
            "s3://third", "1 STORAGES.default.BACKEND"
        ),
        // or with the transcripts' arguments,
        (
            "STORAGES: {default: {BACKEND: \(s3)}}\n"
                + "VIDEO_TRANSCRIPTS_SETTINGS: {STORAGE_CLASS: null, STORAGE_KWARGS: {bucket_name: fourth, location: l}}",
            "s3://fourth/l", "1 STORAGES.default.BACKEND"
        ),
        // in the older spelling too,
        (
            "DEFAULT_FILE_STORAGE: \(s3)\nAWS_STORAGE_BUCKET_NAME: fifth\n"
                + "VIDEO_TRANSCRIPTS_SETTINGS: {STORAGE_CLASS: ''}",
            "s3://fifth", "1 DEFAULT_FILE_STORAGE"
        ),
        // and at last files.
        (
            "MEDIA_ROOT: /edx/var/edxapp/media/\nVIDEO_TRANSCRIPTS_SETTINGS: {STORAGE_KWARGS: {location: /srv/media}}",
            "file:/srv/media", "Django's default"
        ),
        ("MEDIA_ROOT: /edx/var/edx app/", "file:/edx/var/edx app/", "Django's default"),
        (
            "MEDIA_ROOT: /edx/media\nVIDEO_TRANSCRIPTS_SETTINGS: {STORAGE_CLASS: \(files)}", "file:/edx/media",
            "2 VIDEO_TRANSCRIPTS_SETTINGS.STORAGE_CLASS"
        ),
    ])
    func `a storage is chosen in the platform's order`(_ text: String, _ endpoint: String, _ place: String) throws {
        let settings = try settings(text)
        #expect(settings.store == endpoint)
        #expect(settings.transcripts?.store?.storageClass.place == place)
    }

    @Test(arguments: [
        ("AWS_STORAGE_BUCKET_NAME: acme\nAWS_LOCATION: /media/x/", "", "s3://acme/media/x"),
        ("AWS_STORAGE_BUCKET_NAME: acme\nAWS_LOCATION: media", "location: 'a b/ü'", "s3://acme/a b/ü"),
        (
            "AWS_S3_ENDPOINT_URL: HTTP://minio:9000/\nAWS_S3_REGION_NAME: eu-west-1\nAWS_S3_ADDRESSING_STYLE: path",
            "bucket_name: acme", "s3://acme?region=eu-west-1&endpoint=http://minio:9000&addressing=path"
        ),
        (
            "AWS_S3_ENDPOINT_URL: http://minio:9000", "bucket: acme, endpoint_url: 'https://s3.acme.org'",
            "s3://acme?endpoint=https://s3.acme.org"
        ),
        ("AWS_S3_ADDRESSING_STYLE: auto", "bucket_name: acme, region_name: ''", "s3://acme"),
        ("AWS_S3_ADDRESSING_STYLE: virtual", "bucket_name: acme, bucket: acme", "s3://acme?addressing=virtual"),
    ])
    func `a bucket is what its own arguments and the settings of all say`(
        _ settingsOfAll: String, _ arguments: String, _ endpoint: String
    ) throws {
        let transcripts = "VIDEO_TRANSCRIPTS_SETTINGS: {STORAGE_CLASS: \(Self.s3), STORAGE_KWARGS: {\(arguments)}}"
        #expect(try settings("\(settingsOfAll)\n\(transcripts)").store == endpoint)
    }

    @Test func `the oldest class knows hosts instead of endpoints`() throws {
        let text =
            "AWS_S3_HOST: s3.acme.org\nAWS_S3_PORT: 8080\nAWS_S3_USE_SSL: false\nVIDEO_TRANSCRIPTS_SETTINGS: "
            + "{STORAGE_CLASS: storages.backends.s3boto.S3BotoStorage, STORAGE_KWARGS: {bucket: acme}}"
        let settings = try settings(text)
        #expect(settings.store == "s3://acme?endpoint=http://s3.acme.org:8080")
        guard case .bucket(let bucket) = settings.transcripts?.store else {
            Issue.record("no bucket")
            return
        }
        #expect(bucket.endpoint?.place == "1 AWS_S3_HOST")
        #expect(bucket.isEncrypted.value == false && bucket.isEncrypted.place == "3 AWS_S3_USE_SSL")
    }

    @Test func `settings without a prefix have none, and no settings have the usual one`() throws {
        let without = try settings("MEDIA_ROOT: /m\nVIDEO_TRANSCRIPTS_SETTINGS: {VIDEO_TRANSCRIPTS_MAX_BYTES: 5}")
        #expect(without.transcripts?.prefix?.value == "" && without.transcripts?.prefix?.place == "edx-val's default")
        #expect(without.transcripts?.mostBytes?.value == 5)
        let none = try settings("MEDIA_ROOT: /m")
        #expect(none.transcripts?.prefix?.value == "video-transcripts/")
        #expect(none.transcripts?.prefix?.place == "Open edX's default")
        #expect(none.transcripts?.mostBytes?.value == 3_145_728)
    }

    @Test func `a prefix without a slash is taken as it is, and noted`() throws {
        let settings = try settings(Samples.short.replacing("video-transcripts/", with: "video-transcripts"))
        #expect(settings.transcripts?.prefix?.value == "video-transcripts")
        #expect(settings.problems == [] && settings.notes.map(\.line) == [25])
    }

    @Test func `a default bucket without the transcripts' own settings is noted`() throws {
        let settings = try settings("DEFAULT_FILE_STORAGE: \(Self.s3)\nAWS_STORAGE_BUCKET_NAME: acme")
        #expect(settings.notes.contains { $0.line == 1 && $0.text.contains("may add a location") })
    }

    @Test func `keys of the storage go before those of S3, and those before the ones of all`() throws {
        let all =
            "AWS_ACCESS_KEY_ID: s3cret\nAWS_SECRET_ACCESS_KEY: s3cret\nAWS_SESSION_TOKEN: s3cret\nMEDIA_ROOT: /m\n"
        #expect(try settings(all).transcripts?.keys?.accessKeyID?.line == 1)
        #expect(try settings(all).transcripts?.keys?.sessionToken?.line == 3)
        let of3 = all + "AWS_S3_ACCESS_KEY_ID: s3cret\nAWS_S3_SECRET_ACCESS_KEY: ''\n"
        #expect(try settings(of3).transcripts?.keys?.accessKeyID?.line == 5)
        #expect(try settings(of3).transcripts?.keys?.secretAccessKey?.line == 2, "an empty one is none")
        let own = of3 + "VIDEO_TRANSCRIPTS_SETTINGS: {STORAGE_KWARGS: {access_key: s3cret, secret_key: s3cret}}\n"
        #expect(
            try settings(own).transcripts?.keys?.accessKeyID?.keyPath
                == "VIDEO_TRANSCRIPTS_SETTINGS.STORAGE_KWARGS.access_key")
    }
}
