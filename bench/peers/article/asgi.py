"""The service under an ASGI server: gunicorn with uvicorn's workers."""

import os

from django.core.asgi import get_asgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "article.settings")
application = get_asgi_application()
