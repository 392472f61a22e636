// SPDX-License-Identifier: Apache-2.0

extension Broken {
    /// In AWS's keys, `STORAGES` and `VIDEO_TRANSCRIPTS_SETTINGS`.
    static let storage: [Broken] = [
        Broken(
            "AWS_SECRET_ACCESS_KEY: aws-s3cret", "AWS_SECRET_ACCESS_KEY: [s3cret]",
            "/lms.yml, line 21, column 1: AWS_SECRET_ACCESS_KEY is a list, not text; write one value in "
                + "quotes after AWS_SECRET_ACCESS_KEY:."
        ),
        Broken(
            "AWS_SECRET_ACCESS_KEY: aws-s3cret\n", "",
            "/lms.yml, line 20: AWS_ACCESS_KEY_ID is only half of what AWS asks for; write the key's id and "
                + "its secret, or neither."
        ),
        Broken(
            "AWS_ACCESS_KEY_ID: AKIA-s3cret", "AWS_ACCESS_KEY_ID: ''",
            "/lms.yml, line 21: AWS_SECRET_ACCESS_KEY is only half of what AWS asks for; write the key's id "
                + "and its secret, or neither."
        ),
        Broken(
            "  STORAGE_CLASS: storages.backends.s3boto3.S3Boto3Storage\n", "  STORAGE_CLASS: [a]\n",
            "/lms.yml, line 23, column 3: VIDEO_TRANSCRIPTS_SETTINGS.STORAGE_CLASS is a list, not text; "
                + "write one value in quotes after STORAGE_CLASS:."
        ),
        Broken(
            "s3boto3.S3Boto3Storage", "s3boto3.S3Boto3Storge",
            "/lms.yml, line 23, column 3: VIDEO_TRANSCRIPTS_SETTINGS.STORAGE_CLASS is "
                + "\"storages.backends.s3boto3.S3Boto3Storge\", a class that Mallow does not know; perhaps "
                + "storages.backends.s3boto3.S3Boto3Storage is meant."
        ),
        Broken(
            "storages.backends.s3boto3.S3Boto3Storage", "acme.storage.TapeStorage",
            "/lms.yml, line 23, column 3: VIDEO_TRANSCRIPTS_SETTINGS.STORAGE_CLASS is "
                + "\"acme.storage.TapeStorage\", a class that Mallow does not know; give --store yourself."
        ),
        Broken(
            "storages.backends.s3boto3.S3Boto3Storage", "storages.backends.gcloud.GoogleCloudStorage",
            "/lms.yml, line 23, column 3: VIDEO_TRANSCRIPTS_SETTINGS.STORAGE_CLASS is Google's store, which "
                + "Mallow does not write to; move transcripts into a bucket or a folder."
        ),
        Broken(
            "storages.backends.s3boto3.S3Boto3Storage", "storages.backends.azure_storage.AzureStorage",
            "/lms.yml, line 23, column 3: VIDEO_TRANSCRIPTS_SETTINGS.STORAGE_CLASS is Azure's store, which "
                + "Mallow does not write to; move transcripts into a bucket or a folder."
        ),
        Broken(
            "storages.backends.s3boto3.S3Boto3Storage", "swift.storage.SwiftStorage",
            "/lms.yml, line 23, column 3: VIDEO_TRANSCRIPTS_SETTINGS.STORAGE_CLASS is OpenStack's store, "
                + "which Mallow does not write to; move transcripts into a bucket or a folder."
        ),
        Broken(
            "storages.backends.s3boto3.S3Boto3Storage\n  STORAGE_KWARGS: {bucket_name: acme-edx-storage, location: ''}",
            "django.core.files.storage.FileSystemStorage\n  STORAGE_KWARGS: {bucket_name: acme, location: /edx}",
            "/lms.yml, line 24, column 20: VIDEO_TRANSCRIPTS_SETTINGS.STORAGE_KWARGS.bucket_name names a "
                + "bucket, but django.core.files.storage.FileSystemStorage keeps files; write STORAGE_CLASS: "
                + "storages.backends.s3.S3Storage, or remove the bucket."
        ),
        Broken(
            "storages.backends.s3boto3.S3Boto3Storage\n  STORAGE_KWARGS: {bucket_name: acme-edx-storage, location: ''}",
            "django.core.files.storage.FileSystemStorage\n  STORAGE_KWARGS: {location: media}",
            "/lms.yml, line 24, column 20: VIDEO_TRANSCRIPTS_SETTINGS.STORAGE_KWARGS.location is \"media\", "
                + "which depends on where the platform is started; write a path that begins with /."
        ),
        Broken(
            "  STORAGE_CLASS: storages.backends.s3boto3.S3Boto3Storage\n  STORAGE_KWARGS: {bucket_name: acme-edx-storage, location: ''}\n",
            "",
            "/lms.yml, line 22, column 1: no setting says where transcripts are kept: there is neither a "
                + "storage nor MEDIA_ROOT; write STORAGE_CLASS and STORAGE_KWARGS into VIDEO_TRANSCRIPTS_SETTINGS, "
                + "or MEDIA_ROOT."
        ),
        Broken(
            "STORAGE_KWARGS: {bucket_name: acme-edx-storage, location: ''}", "STORAGE_KWARGS: {}",
            "/lms.yml, line 23, column 3: no bucket is named for storages.backends.s3boto3.S3Boto3Storage; "
                + "write bucket_name into STORAGE_KWARGS, or AWS_STORAGE_BUCKET_NAME."
        ),
        Broken(
            "STORAGE_KWARGS: {bucket_name: acme-edx-storage, location: ''}", "STORAGE_KWARGS: acme",
            "/lms.yml, line 24, column 3: VIDEO_TRANSCRIPTS_SETTINGS.STORAGE_KWARGS is text, not a mapping; "
                + "write keys and values below STORAGE_KWARGS:."
        ),
        Broken(
            "bucket_name: acme-edx-storage", "bucket_name: ''",
            "/lms.yml, line 24, column 20: VIDEO_TRANSCRIPTS_SETTINGS.STORAGE_KWARGS.bucket_name is empty, "
                + "so no bucket is named; write the bucket's name."
        ),
        Broken(
            "bucket_name: acme-edx-storage", "bucket_name: Acme_Storage",
            "/lms.yml, line 24, column 20: VIDEO_TRANSCRIPTS_SETTINGS.STORAGE_KWARGS.bucket_name is "
                + "\"Acme_Storage\", which is no name of a bucket; write 3 to 63 of a-z, 0-9, . and -."
        ),
        Broken(
            "bucket_name: acme-edx-storage", "bucket_name: 12345",
            "/lms.yml, line 24, column 20: VIDEO_TRANSCRIPTS_SETTINGS.STORAGE_KWARGS.bucket_name is a "
                + "number, not text; put it in quotes."
        ),
        Broken(
            "bucket_name: acme-edx-storage", "bucket_name: acme, bucket: acme-other",
            "/lms.yml, line 24, column 39: VIDEO_TRANSCRIPTS_SETTINGS.STORAGE_KWARGS.bucket says something "
                + "else than VIDEO_TRANSCRIPTS_SETTINGS.STORAGE_KWARGS.bucket_name in line 24; keep one of them."
        ),
        Broken(
            "location: ''", "location: ../other",
            "/lms.yml, line 24, column 51: VIDEO_TRANSCRIPTS_SETTINGS.STORAGE_KWARGS.location contains ..; "
                + "write the folder that objects are in."
        ),
        Broken(
            "location: ''", "location: 7",
            "/lms.yml, line 24, column 51: VIDEO_TRANSCRIPTS_SETTINGS.STORAGE_KWARGS.location is a number, "
                + "not text; put it in quotes."
        ),
        Broken(
            "location: ''", "endpoint_url: 'minio:9000'",
            "/lms.yml, line 24, column 51: VIDEO_TRANSCRIPTS_SETTINGS.STORAGE_KWARGS.endpoint_url is no "
                + "address of a server; write https://HOST or https://HOST:PORT, without path, user or password."
        ),
        Broken(
            "AWS_ACCESS_KEY_ID:", "AWS_S3_ENDPOINT_URL: https://edxapp:s3cret@minio:9000\nAWS_ACCESS_KEY_ID:",
            "/lms.yml, line 20, column 1: AWS_S3_ENDPOINT_URL is no address of a server; write https://HOST "
                + "or https://HOST:PORT, without path, user or password."
        ),
        Broken(
            "location: ''", "addressing_style: paths",
            "/lms.yml, line 24, column 51: VIDEO_TRANSCRIPTS_SETTINGS.STORAGE_KWARGS.addressing_style is "
                + "\"paths\", which is no way to address a bucket; write path, virtual or auto."
        ),
        Broken(
            "AWS_ACCESS_KEY_ID:", "AWS_S3_USE_SSL: 'no'\nAWS_ACCESS_KEY_ID:",
            "/lms.yml, line 20, column 1: AWS_S3_USE_SSL is text, not a boolean; write AWS_S3_USE_SSL: true "
                + "or AWS_S3_USE_SSL: false, without quotes."
        ),
        Broken(
            "AWS_ACCESS_KEY_ID:", "AWS_S3_REGION_NAME: [eu-west-1]\nAWS_ACCESS_KEY_ID:",
            "/lms.yml, line 20, column 1: AWS_S3_REGION_NAME is a list, not text; write one value in quotes "
                + "after AWS_S3_REGION_NAME:."
        ),
        Broken(
            "s3boto3.S3Boto3Storage\n  STORAGE_KWARGS: {bucket_name: acme-edx-storage, location: ''}",
            "s3boto.S3BotoStorage\n  STORAGE_KWARGS: {bucket: acme, host: 'https://s3.acme.org'}",
            "/lms.yml, line 24, column 34: VIDEO_TRANSCRIPTS_SETTINGS.STORAGE_KWARGS.host is no name of a "
                + "server; write the host alone, such as s3.acme.org."
        ),
        Broken(
            "VIDEO_TRANSCRIPTS_SETTINGS:\n",
            "STORAGES: {video_transcripts: {OPTIONS: {}}}\nVIDEO_TRANSCRIPTS_SETTINGS:\n",
            "/lms.yml, line 22, column 12: STORAGES.video_transcripts.BACKEND is missing; write for example "
                + "BACKEND: storages.backends.s3.S3Storage."
        ),
        Broken(
            "VIDEO_TRANSCRIPTS_SETTINGS:\n", "STORAGES: {video_transcripts: s3}\nVIDEO_TRANSCRIPTS_SETTINGS:\n",
            "/lms.yml, line 22, column 12: STORAGES.video_transcripts is text, not a mapping; write keys and "
                + "values below video_transcripts:."
        ),
        Broken(
            "VIDEO_TRANSCRIPTS_SETTINGS:\n", "STORAGES: [s3]\nVIDEO_TRANSCRIPTS_SETTINGS:\n",
            "/lms.yml, line 22, column 1: STORAGES is a list, not a mapping; write keys and values below "
                + "STORAGES:."
        ),
        Broken(
            "VIDEO_TRANSCRIPTS_SETTINGS:\n", "VIDEO_TRANSCRIPTS_SETTINGS: s3\nOTHER:\n",
            "/lms.yml, line 22, column 1: VIDEO_TRANSCRIPTS_SETTINGS is text, not a mapping; write keys and "
                + "values below VIDEO_TRANSCRIPTS_SETTINGS:."
        ),
        Broken(
            "DIRECTORY_PREFIX: video-transcripts/", "DIRECTORY_PREFIX: /video-transcripts/",
            "/lms.yml, line 25, column 3: VIDEO_TRANSCRIPTS_SETTINGS.DIRECTORY_PREFIX begins with a slash; "
                + "write for example DIRECTORY_PREFIX: video-transcripts/."
        ),
        Broken(
            "DIRECTORY_PREFIX: video-transcripts/", "DIRECTORY_PREFIX: ../video-transcripts/",
            "/lms.yml, line 25, column 3: VIDEO_TRANSCRIPTS_SETTINGS.DIRECTORY_PREFIX contains a part . or "
                + "..; write for example DIRECTORY_PREFIX: video-transcripts/."
        ),
        Broken(
            "DIRECTORY_PREFIX: video-transcripts/", "DIRECTORY_PREFIX: video//transcripts/",
            "/lms.yml, line 25, column 3: VIDEO_TRANSCRIPTS_SETTINGS.DIRECTORY_PREFIX contains two slashes "
                + "in a row; write for example DIRECTORY_PREFIX: video-transcripts/."
        ),
        Broken(
            "DIRECTORY_PREFIX: video-transcripts/", "DIRECTORY_PREFIX: video\\transcripts/",
            "/lms.yml, line 25, column 3: VIDEO_TRANSCRIPTS_SETTINGS.DIRECTORY_PREFIX contains a backslash "
                + "or a control character; write for example DIRECTORY_PREFIX: video-transcripts/."
        ),
        Broken(
            "DIRECTORY_PREFIX: video-transcripts/", "DIRECTORY_PREFIX: 5",
            "/lms.yml, line 25, column 3: VIDEO_TRANSCRIPTS_SETTINGS.DIRECTORY_PREFIX is a number, not text; "
                + "put it in quotes."
        ),
        Broken(
            "VIDEO_TRANSCRIPTS_MAX_BYTES: 3145728", "VIDEO_TRANSCRIPTS_MAX_BYTES: '3 MB'",
            "/lms.yml, line 26, column 3: VIDEO_TRANSCRIPTS_SETTINGS.VIDEO_TRANSCRIPTS_MAX_BYTES is text, "
                + "not a number of bytes; write it without quotes, such as VIDEO_TRANSCRIPTS_MAX_BYTES: 3145728."
        ),
        Broken(
            "VIDEO_TRANSCRIPTS_MAX_BYTES: 3145728", "VIDEO_TRANSCRIPTS_MAX_BYTES: -1",
            "/lms.yml, line 26, column 3: VIDEO_TRANSCRIPTS_SETTINGS.VIDEO_TRANSCRIPTS_MAX_BYTES is no whole "
                + "number above 0; write it without quotes, such as VIDEO_TRANSCRIPTS_MAX_BYTES: 3145728."
        ),
    ]
}
