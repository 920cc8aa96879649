"""What a whole page costs on 100,000 studies: CPU, queries, weight, through every layer but the socket.

`python -m benchmarks.page_speed [studies]` prints a table and writes results/page_speed.json.
The bar is 40 ms of CPU and 8 queries for a page. The studies are the shared sample under new numbers.
"""

import json
import sys
import time
from datetime import UTC, datetime
from pathlib import Path

import numpy as np

from benchmarks.search_corpus import copies, fill, own_database

RESULTS = Path(__file__).resolve().parent / "results"
PAGES = {
    "start page": ["/en/"],
    "search, words": [
        "/en/studies/?q=infertility",
        "/en/studies/?q=fausse+couche",
        "/en/studies/?q=diabetes",
    ],
    "search, words and place": ["/fr/studies/?q=infertility&near=Lyon", "/fr/studies/?q=asthme&near=Lyon"],
    "search, everything": ["/en/studies/?q=cancer&near=75012&age=34&km=200&sex=FEMALE&status=COMPLETED"],
    "search, place only": ["/en/studies/?near=Paris&km=25", "/en/studies/?near=Boston&km=any"],
    "search, misspelt": ["/en/studies/?q=miscariage", "/en/studies/?q=endometriosi&near=Lyon"],
    "search, nothing found": ["/en/studies/?q=infertility&near=Brest&age=34&km=10&sex=MALE"],
    "search, page 50": ["/en/studies/?q=cancer&page=50"],
    "feed": ["/en/studies.atom?q=infertility"],
    "data": ["/en/studies.json?q=infertility&near=Paris&km=any"],
}
WITH_TEAM = {
    "study with a team": ["/en/studies/NCT05557201/?near=Lyon", "/fr/studies/NCT05557201/"],
    "contact form": ["/en/studies/NCT05557201/contact/", "/fr/studies/NCT05557201/contact/?near=Lyon"],
    "alert sign-up": ["/en/studies/NCT05557201/alerts/"],
}
TURNS = 15
LIMIT_MS, LIMIT_QUERIES = 40, 8


def main() -> None:
    """Print and write the figures."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 100_000
    folder = own_database()
    from django.conf import settings  # noqa: PLC0415
    from django.core.management import call_command  # noqa: PLC0415

    from gravida.find.contact.teams import refresh_site_studies  # noqa: PLC0415
    from gravida.find.models import Study  # noqa: PLC0415
    from gravida.find.registry.bundled import load_bundled  # noqa: PLC0415
    from gravida.find.search.upkeep import rebuild  # noqa: PLC0415

    settings.ALLOWED_HOSTS.append("testserver")
    call_command("collectstatic", verbosity=0, interactive=False)
    fill(copies(count))
    load_bundled(settings.STUDIES)
    refresh_site_studies(at=datetime.now(UTC))
    rebuild()
    numbers = Study.objects.order_by("number").values_list("number", flat=True)[: 40 * TURNS : 40]
    pages = {**PAGES, **WITH_TEAM, "study": [f"/en/studies/{number}/?near=Lyon" for number in numbers]}
    told = {name: _measured(addresses) for name, addresses in pages.items()}
    print(f"{datetime.now(UTC):%Y-%m-%d}  {count} studies: 6,786 records copied under new numbers\n")
    print(f"{'page':<26}{'n':>5}{'CPU p50 ms':>12}{'p95 ms':>9}{'queries':>9}{'kB':>7}")
    for name, row in told.items():
        missed = "" if row["p95_ms"] <= LIMIT_MS and row["queries"] <= LIMIT_QUERIES else "  missed"
        print(
            f"{name:<26}{row['n']:>5}{row['p50_ms']:>12}{row['p95_ms']:>9}{row['queries']:>9}"
            f"{row['kilobytes']:>7}{missed}"
        )
    RESULTS.mkdir(exist_ok=True)
    (RESULTS / "page_speed.json").write_text(json.dumps({"studies": count, "pages": told}, indent=1) + "\n")
    folder.cleanup()


def _measured(addresses: list[str]) -> dict[str, float]:
    """CPU of one page, the most queries, and its weight before compression."""
    from django.db import connection  # noqa: PLC0415
    from django.test import Client  # noqa: PLC0415
    from django.test.utils import CaptureQueriesContext  # noqa: PLC0415

    visitor = Client()
    queries, weight, times = 0, 0, []
    for address in addresses:
        with CaptureQueriesContext(connection) as captured:
            answer = visitor.get(address)
        if answer.status_code != 200:
            raise SystemExit(f"{address} answered {answer.status_code}, wanted 200")
        queries, weight = max(queries, len(captured)), max(weight, len(answer.content))
    for address in addresses * max(TURNS // len(addresses), 1):
        began = time.process_time()
        visitor.get(address)
        times.append(1000 * (time.process_time() - began))
    return {
        "n": len(times),
        "p50_ms": round(float(np.median(times)), 1),
        "p95_ms": round(float(np.quantile(times, 0.95)), 1),
        "queries": queries,
        "kilobytes": round(weight / 1000),
    }


if __name__ == "__main__":
    main()
