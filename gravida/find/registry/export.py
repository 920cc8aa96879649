"""Registry records given back as they came in, one a line."""

from collections.abc import Iterator

from gravida.find.models import Study


def raw_records(*, number: str = "") -> Iterator[bytes]:
    """The newest record of each study, or of one, as a line of JSON without its line end; by number.

    Studies that a complete list no longer holds are given too: this is a copy, not a page.
    """
    studies = Study.objects.with_record().exclude(current_version=None).order_by("number")
    if number:
        studies = studies.filter(number=number)
    for study in studies.iterator(chunk_size=200):
        if study.current_version is not None:
            yield _one_line(study.current_version.raw)


def _one_line(raw: bytes) -> bytes:
    # Inside a JSON text a line end is always written as an escape, so these only lay the record out.
    return raw.replace(b"\r", b" ").replace(b"\n", b" ")
