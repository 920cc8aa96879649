"""A database of registry records for the search benchmarks: the shared sample, copied under new numbers."""

import gzip
import hashlib
import itertools
import os
import tempfile
import zlib
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path

import orjson

SHARED = Path(__file__).resolve().parents[2] / "shared" / "data" / "registry"
SAMPLE = SHARED / "ctgov_2023_6786.jsonl.gz"
JUDGED = SHARED / "judged_2021"
_BATCH = 1000


def own_database() -> tempfile.TemporaryDirectory[str]:
    """An empty database of its own, so that a benchmark never touches the site's; removed with the object."""
    folder = tempfile.TemporaryDirectory(prefix="gravida-benchmark-")
    os.environ["GRAVIDA_DATA"] = folder.name
    os.environ["DJANGO_SETTINGS_MODULE"] = "gravida.settings"
    import django  # noqa: PLC0415
    from django.core.management import call_command  # noqa: PLC0415

    django.setup()
    call_command("migrate", verbosity=0)
    return folder


def sample() -> Iterator[dict[str, object]]:
    """The records of the shared sample."""
    if not SAMPLE.is_file():
        raise SystemExit(
            f"{SAMPLE} is absent: the benchmark needs the shared registry sample beside the checkout"
        )
    with gzip.open(SAMPLE) as lines:
        for line in lines:
            yield orjson.loads(line)


def copies(count: int) -> Iterator[dict[str, object]]:
    """The sample again and again until `count` records, every copy after the first under a new number."""
    originals = list(sample())
    for place, record in enumerate(itertools.islice(itertools.cycle(originals), count)):
        if place >= len(originals):
            record["protocolSection"]["identificationModule"]["nctId"] = f"NCT9{place:07d}"  # type: ignore[index]
        yield record


def fill(records: Iterator[dict[str, object]]) -> int:
    """Write records as studies, as an import would; how many."""
    from django.db.models import OuterRef, Subquery  # noqa: PLC0415

    from gravida.find.models import RecordVersion, Study  # noqa: PLC0415
    from gravida.find.record import read_record  # noqa: PLC0415

    now = datetime.now(UTC)
    written = 0
    while batch := list(itertools.islice(records, _BATCH)):
        studies, bodies = [], []
        for raw in batch:
            record = read_record(raw)
            updated = record.updated.text if record.updated else ""
            studies.append(
                Study(
                    number=record.number,
                    title=record.brief_title[:500],
                    status=record.status,
                    updated_on=date.fromisoformat(updated) if len(updated) == 10 else None,
                )
            )
            bodies.append(orjson.dumps(raw))
        Study.objects.bulk_create(studies)
        RecordVersion.objects.bulk_create(
            RecordVersion(
                study=study,
                sha256=hashlib.sha256(body).hexdigest(),
                fetched_at=now,
                source=RecordVersion.Source.FILE,
                body=zlib.compress(body),
            )
            for study, body in zip(studies, bodies, strict=True)
        )
        written += len(batch)
    newest = RecordVersion.objects.filter(study=OuterRef("pk")).order_by("-id").values("id")[:1]
    Study.objects.filter(current_version=None).update(current_version_id=Subquery(newest))
    return written
