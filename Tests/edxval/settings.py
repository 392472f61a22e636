"""The least of a Django project in which the real edx-val reads what Mallow wrote.

MALLOW_CATALOG  the SQLite file with the edxval tables, or mysql://USER@HOST:PORT/DATABASE; its password is then read from
                MALLOW_CATALOG_PASSWORD
MALLOW_STORE    the folder that holds the objects, each at exactly its key, or
                s3://BUCKET[/LOCATION]?endpoint=URL&region=REGION&addressing=path; its keys are then read from
                AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY and AWS_SESSION_TOKEN
"""
import os
import urllib.parse

SECRET_KEY = "only for reading back"
USE_TZ = True
INSTALLED_APPS = [
    "django.contrib.contenttypes",
    "django.contrib.auth",
    "rest_framework",
    "edxval",
    "celery_utils",
]
# The platform's id columns are plain integers; Django's newer default would be bigint.
DEFAULT_AUTO_FIELD = "django.db.models.AutoField"



def database(catalog):
    if not catalog.startswith("mysql://"):
        return {"ENGINE": "django.db.backends.sqlite3", "NAME": catalog}
    import pymysql

    pymysql.install_as_MySQLdb()
    parts = urllib.parse.urlsplit(catalog)
    return {
        "ENGINE": "django.db.backends.mysql", "HOST": parts.hostname, "PORT": parts.port, "USER": parts.username,
        "NAME": parts.path.strip("/"), "PASSWORD": os.environ["MALLOW_CATALOG_PASSWORD"],
        "OPTIONS": {"charset": "utf8mb4"},
    }


DATABASES = {"default": database(os.environ["MALLOW_CATALOG"])}


def storage(store, base_url):
    """(class, arguments) of the storage that a platform would be configured with."""
    if not store.startswith("s3://"):
        return "django.core.files.storage.FileSystemStorage", {"location": store, "base_url": base_url}
    parts = urllib.parse.urlsplit(store)
    options = dict(urllib.parse.parse_qsl(parts.query))
    return "storages.backends.s3.S3Storage", {
        "bucket_name": parts.netloc,
        "location": parts.path.strip("/"),
        "endpoint_url": options.get("endpoint"),
        "region_name": options.get("region", "us-east-1"),
        "addressing_style": options.get("addressing", "auto"),
        "signature_version": "s3v4",
        # With a domain of its own an address is put together; without one each costs a client, a third of a second.
        "custom_domain": "transcripts.invalid",
    }


TRANSCRIPTS_CLASS, TRANSCRIPTS_ARGUMENTS = storage(os.environ["MALLOW_STORE"], "/transcripts/")
IMAGES_CLASS, IMAGES_ARGUMENTS = storage(os.environ["MALLOW_STORE"], "/images/")
VIDEO_TRANSCRIPTS_SETTINGS = {
    "DIRECTORY_PREFIX": "video-transcripts/",
    "STORAGE_CLASS": TRANSCRIPTS_CLASS,
    "STORAGE_KWARGS": TRANSCRIPTS_ARGUMENTS,
}
VIDEO_IMAGE_SETTINGS = {
    "DIRECTORY_PREFIX": "video-images/",
    "STORAGE_CLASS": IMAGES_CLASS,
    "STORAGE_KWARGS": IMAGES_ARGUMENTS,
}
TRANSCRIPT_LANG_CACHE_TIMEOUT = 60  # edxval.api will not import without it

# Unreadable rows are reported by read_back.py; edxval's own tracebacks would say them twice.
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "handlers": {"nowhere": {"class": "logging.NullHandler"}},
    "loggers": {"edxval": {"handlers": ["nowhere"], "propagate": False}},
}
