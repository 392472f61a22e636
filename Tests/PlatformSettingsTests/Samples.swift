// SPDX-License-Identifier: Apache-2.0

/// Settings as platforms have them. Every secret in them contains "s3cret", and nothing else does.
enum Samples {
    /// The native file of Open edX, as its documentation has it.
    static let native = """
        DOC_STORE_CONFIG:
          db: edxapp
          host: [mongo-1.internal, mongo-2.internal]     # string or list
          port: 27017
          user: edxapp
          password: "s3cret"
          collection: modulestore
          replicaSet: rs0            # '' means none
          ssl: false
          authsource: admin          # or authSource
          connectTimeoutMS: 2000
          socketTimeoutMS: 6000
          read_preference: SECONDARY_PREFERRED   # or secondaryPreferred
        CONTENTSTORE:
          ENGINE: xmodule.contentstore.mongo.MongoContentStore
          ADDITIONAL_OPTIONS: {}
          DOC_STORE_CONFIG: {db: edxapp, host: [mongo-1.internal], port: 27017, user: edxapp, password: "s3cret", \
        collection: modulestore, ssl: false}
          OPTIONS: {db: edxapp, host: [mongo-1.internal], port: 27017, user: edxapp, password: "s3cret"}   # legacy
        MODULESTORE:
          default:
            ENGINE: xmodule.modulestore.mixed.MixedModuleStore
            OPTIONS:
              mappings: {}
              stores:
                - {NAME: split, ENGINE: xmodule.modulestore.split_mongo.split_draft.DraftVersioningModuleStore, \
        DOC_STORE_CONFIG: {db: edxapp, host: [mongo-1.internal], collection: modulestore}, \
        OPTIONS: {default_class: xmodule.hidden_module.HiddenDescriptor, fs_root: /edx/var/edxapp/data, \
        render_template: edxmako.shortcuts.render_to_string}}
                - {NAME: draft, ENGINE: xmodule.modulestore.mongo.DraftMongoModuleStore, \
        DOC_STORE_CONFIG: {db: edxapp, host: [mongo-1.internal], collection: modulestore}, \
        OPTIONS: {default_class: xmodule.hidden_module.HiddenDescriptor, fs_root: /edx/var/edxapp/data, \
        render_template: edxmako.shortcuts.render_to_string}}
        DATABASES:
          default: {ENGINE: django.db.backends.mysql, HOST: db.internal, PORT: '3306', NAME: edxapp, \
        USER: edxapp001, PASSWORD: "s3cret", ATOMIC_REQUESTS: true, CONN_MAX_AGE: 0, OPTIONS: {}}
          read_replica: {ENGINE: django.db.backends.mysql, HOST: db-ro.internal, PORT: '3306', NAME: edxapp, \
        USER: edxapp_ro, PASSWORD: "s3cret"}
        AWS_ACCESS_KEY_ID: AKIAs3cret
        AWS_SECRET_ACCESS_KEY: "s3cret"
        AWS_STORAGE_BUCKET_NAME: acme-edx-storage
        AWS_S3_CUSTOM_DOMAIN: acme-edx-storage.s3.amazonaws.com
        AWS_QUERYSTRING_AUTH: false
        VIDEO_TRANSCRIPTS_SETTINGS:
          VIDEO_TRANSCRIPTS_MAX_BYTES: 3145728
          STORAGE_CLASS: storages.backends.s3boto3.S3Boto3Storage
          STORAGE_KWARGS: {bucket_name: acme-edx-storage, location: ''}    # old boto: {bucket: ...}
          DIRECTORY_PREFIX: video-transcripts/
        VIDEO_TRANSCRIPT_MIGRATIONS_JOB_QUEUE: edx.cms.core.low
        """

    /// The same in short, one key a line.
    static let short = """
        CONTENTSTORE:
          DOC_STORE_CONFIG:
            db: edxapp
            host: [mongo-1.internal, mongo-2.internal]
            port: 27017
            user: edxapp
            password: mongo-s3cret
            replicaSet: rs0
            ssl: true
            authsource: admin
        DATABASES:
          default:
            ENGINE: django.db.backends.mysql
            HOST: db.internal
            PORT: '3306'
            NAME: edxapp
            USER: edxapp001
            PASSWORD: mysql-s3cret
            OPTIONS: {}
        AWS_ACCESS_KEY_ID: AKIA-s3cret
        AWS_SECRET_ACCESS_KEY: aws-s3cret
        VIDEO_TRANSCRIPTS_SETTINGS:
          STORAGE_CLASS: storages.backends.s3boto3.S3Boto3Storage
          STORAGE_KWARGS: {bucket_name: acme-edx-storage, location: ''}
          DIRECTORY_PREFIX: video-transcripts/
          VIDEO_TRANSCRIPTS_MAX_BYTES: 3145728

        """

    /// The older files: addresses in one, secrets in the other.
    static let envJSON = """
        {
        \t"AWS_STORAGE_BUCKET_NAME": "acme-edx-storage",
        \t"AWS_S3_REGION_NAME": "eu-west-1",
        \t"DATABASES": {"default": {"NAME": "from-env"}},
        \t"MEDIA_ROOT": "\\/edx\\/var",
        \t"PLATFORM_NAME": "Acme \\ud83d\\ude00 \\u00e9\\ud800",
        \t"VIDEO_TRANSCRIPTS_SETTINGS": {
        \t\t"DIRECTORY_PREFIX": "video-transcripts/",
        \t\t"STORAGE_CLASS": "storages.backends.s3boto.S3BotoStorage",
        \t\t"STORAGE_KWARGS": {"bucket": "acme-old-boto", "location": "media files"}
        \t}
        }
        """
    static let authJSON = """
        {
            "AWS_ACCESS_KEY_ID": "AKIAs3cret",
            "AWS_SECRET_ACCESS_KEY": "s3cret\\/\\"\\u0041\\ud83d\\ude00",
            "CONTENTSTORE": {
                "DOC_STORE_CONFIG": {"db":"edxapp","host":"mongo.internal","port":27018,"password":"s3cret","user":"edxapp"},
                "ENGINE": "xmodule.contentstore.mongo.MongoContentStore"
            },
            "DATABASES": {
                "default": {
                    "ENGINE": "django.db.backends.mysql",
                    "HOST": "db.internal",
                    "NAME": "edxapp",
                    "PASSWORD": "s3cret",
                    "PORT": 3307,
                    "USER": "edxapp001"
                }
            }
        }
        """

    /// Tutor's own file.
    static let tutor = """
        CMS_HOST: studio.acme.org
        LMS_HOST: learn.acme.org
        MONGODB_HOST: mongodb
        MYSQL_HOST: mysql
        OPENEDX_MYSQL_PASSWORD: Xy7-s3cret
        OPENEDX_AWS_ACCESS_KEY: AKIAs3cret
        OPENEDX_AWS_SECRET_ACCESS_KEY: "s3cret"
        """

    /// What Tutor renders for Studio and for the LMS.
    static let rendered = """
        AWS_ACCESS_KEY_ID: "AKIAs3cret"
        AWS_SECRET_ACCESS_KEY: "s3cret"
        DOC_STORE_CONFIG: null
        DATABASES:
          default:
            ENGINE: "django.db.backends.mysql"
            HOST: "mysql"
            PORT: 3306
            NAME: "openedx"
            USER: "openedx"
            PASSWORD: "Xy7-s3cret"
            ATOMIC_REQUESTS: true
            OPTIONS:
              init_command: "SET sql_mode='STRICT_TRANS_TABLES'"
        """
    static let renderedFolder = "env/apps/openedx/config"
}
