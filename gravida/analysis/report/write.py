"""The files of a report, written beside and renamed together: nobody finds half of it."""

from pathlib import Path

from gravida.analysis.report.codec import json_text
from gravida.analysis.report.html import report_html
from gravida.analysis.report.pdf import report_pdf
from gravida.analysis.report.results import Results
from gravida.analysis.report.tables_csv import csv_tables
from gravida.protocol.definitions_file import Definitions
from gravida.protocol.plan import Plan

RESULTS = "results.json"
TABLES = "tables"


def write_report(
    results: Results,
    plan: Plan,
    definitions: Definitions | None,
    *,
    out: Path,
    languages: tuple[str, ...],
    pdf: bool,
) -> tuple[Path, ...]:
    """Write results.json, tables/*.csv and report.<language>.html (and .pdf) into `out`.

    Everything is made before anything is written; results.json comes last. Files of an earlier run that
    this one does not make are removed, so that two runs are never mixed.
    """
    from gravida.analysis.run_kept import write_whole  # noqa: PLC0415 - the run writes through the same door

    files: dict[str, bytes] = {}
    for name, text in csv_tables(results).items():
        files[f"{TABLES}/{name}"] = text.encode("utf-8")
    for language in languages:
        files[f"report.{language}.html"] = report_html(results, plan, definitions, language=language).encode()
        if pdf:
            files[f"report.{language}.pdf"] = report_pdf(results, plan, definitions, language=language)
    files[RESULTS] = json_text(results).encode("utf-8")
    out.mkdir(parents=True, exist_ok=True)
    (out / TABLES).mkdir(exist_ok=True)
    _remove_earlier(out, set(files))
    for name, content in files.items():
        write_whole(out / name, content)
    return tuple(out / name for name in files)


def _remove_earlier(out: Path, kept: set[str]) -> None:
    earlier = [*out.glob("report.??.html"), *out.glob("report.??.pdf"), *(out / TABLES).glob("*.csv")]
    for path in earlier:
        if str(path.relative_to(out)) not in kept:
            path.unlink()
