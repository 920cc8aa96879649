"""The portrait of somebody of a team, from the study folder."""

from pathlib import Path

from django.http import FileResponse, Http404, HttpRequest, HttpResponseBase
from django.views.decorators.http import require_safe

from gravida.find.contact.models import TeamAddress
from gravida.find.site_studies import site_studies

KINDS = {".jpg": "image/jpeg", ".jpeg": "image/jpeg", ".png": "image/png", ".webp": "image/webp"}


@require_safe
def portrait(request: HttpRequest, number: str, address: int) -> HttpResponseBase:
    """The picture that the folder names for this contact; the address in the link is a row, never a file."""
    folder = site_studies().get(number.upper())
    found = TeamAddress.objects.filter(
        pk=address, team__study=number.upper(), source="folder", state="approved", gone_since=None
    ).first()
    name = Path(found.portrait).name if found else ""
    kind = KINDS.get(Path(name).suffix.lower())
    if folder is None or not kind or not (folder.path / name).is_file():
        raise Http404
    response = FileResponse((folder.path / name).open("rb"), content_type=kind)
    response["Cache-Control"] = "public, max-age=3600"
    return response
