"""What the frame of every page shows: the addresses of this page in the other languages."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest


def page_frame(request: HttpRequest) -> dict[str, Any]:
    """Context of every template."""
    return {"site_languages": settings.LANGUAGES}
