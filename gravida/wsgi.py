"""The application that a server serves."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "gravida.settings")
application = get_wsgi_application()

from gravida.web.statement_limits import limit_statements  # noqa: E402 - needs the settings read above

limit_statements()
