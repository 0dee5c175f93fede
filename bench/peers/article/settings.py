"""Django's settings, as few as a service of two addresses needs. Camera and JPEG quality come from the environment."""

import os

SECRET_KEY = "of a benchmark that listens on loopback only"
DEBUG = False
ALLOWED_HOSTS = ["127.0.0.1"]
ROOT_URLCONF = "article.urls"
WSGI_APPLICATION = "article.wsgi.application"
ASGI_APPLICATION = "article.asgi.application"
INSTALLED_APPS = ["ninja"]
USE_TZ = True

CAMERA = os.environ["ARTICLE_CAMERA"]
# Without one OpenCV takes its own, 95.
JPEG_QUALITY = int(os.environ["ARTICLE_JPEG_QUALITY"]) if "ARTICLE_JPEG_QUALITY" in os.environ else None
