"""The least of a Django project in which the real edx-val reads what Mallow wrote.

MALLOW_CATALOG  the SQLite file with the edxval tables
MALLOW_STORE    the folder that holds the objects, each at exactly its key
"""
import os

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

DATABASES = {
    "default": {"ENGINE": "django.db.backends.sqlite3", "NAME": os.environ["MALLOW_CATALOG"]},
}

FILE_SYSTEM = "django.core.files.storage.FileSystemStorage"
VIDEO_TRANSCRIPTS_SETTINGS = {
    "DIRECTORY_PREFIX": "video-transcripts/",
    "STORAGE_CLASS": FILE_SYSTEM,
    "STORAGE_KWARGS": {"location": os.environ["MALLOW_STORE"], "base_url": "/transcripts/"},
}
VIDEO_IMAGE_SETTINGS = {
    "DIRECTORY_PREFIX": "video-images/",
    "STORAGE_CLASS": FILE_SYSTEM,
    "STORAGE_KWARGS": {"location": os.environ["MALLOW_STORE"], "base_url": "/images/"},
}
TRANSCRIPT_LANG_CACHE_TIMEOUT = 60  # edxval.api will not import without it

# Unreadable rows are reported by read_back.py; edxval's own tracebacks would say them twice.
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "handlers": {"nowhere": {"class": "logging.NullHandler"}},
    "loggers": {"edxval": {"handlers": ["nowhere"], "propagate": False}},
}
