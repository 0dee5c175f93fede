"""The service under a WSGI server: gunicorn with threads."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "article.settings")
application = get_wsgi_application()
