"""The results as CSV: one file per kind of result, full numbers, the plan's hash on every line."""

import csv
import dataclasses
import io
from collections.abc import Iterable, Iterator
from typing import Any

from gravida.analysis.report.codec import plain
from gravida.analysis.report.results import Results
from gravida.analysis.report.results_models import ModelResult

Line = dict[str, Any]
HASH = "plan_hash"
MODEL = (
    "question",
    "model",
    "about",
    "method",
    "scale",
    "standard_errors_by",
    "rows",
    "events",
    "clusters",
    "left_out",
)


def csv_tables(results: Results) -> dict[str, str]:
    """File names and their contents; a kind of which there is nothing has no file."""
    found = {
        "flow.csv": list(_flow(results)),
        "counts.csv": list(_counts(results)),
        "table_one.csv": [
            {"question": table.question, **_fields(row)}
            for table in results.described.table_one
            for row in table.rows
        ],
        "missing.csv": [_without(_fields(row), "reasons") for row in results.described.missing],
        "definitions.csv": [_fields(row) for row in results.described.definitions],
        "terms.csv": [
            line for question in results.questions for model in question.models for line in _terms(model)
        ],
        "models.csv": list(_models(results)),
        "tests.csv": [_fields(test) for question in results.questions for test in question.tests],
        "risks.csv": [_fields(risk) for question in results.questions for risk in question.risks],
        "curves.csv": list(_curves(results)),
        "smooth.csv": list(_smooth(results)),
        "imputed.csv": [
            line
            for question in results.questions
            for one in question.imputation
            for line in _terms(one.pooled)
        ],
        "performance.csv": list(_performance(results)),
        "markers.csv": [
            {"question": one.question, **_without(_fields(finding), "warnings")}
            for question in results.questions
            for one in question.markers
            for finding in one.findings
        ],
        "sensitivity.csv": list(_sensitivity(results)),
    }
    return {name: _text(lines, results.identity.plan_hash) for name, lines in found.items() if lines}


def _text(lines: list[Line], plan_hash: str) -> str:
    out = io.StringIO()
    writer = csv.DictWriter(out, fieldnames=[*lines[0], HASH], lineterminator="\n")
    writer.writeheader()
    writer.writerows({**line, HASH: plan_hash} for line in lines)
    return out.getvalue()


def _fields(value: Any) -> Line:
    found: Line = plain(value)
    return {name: "" if told is None else told for name, told in found.items()}


def _without(line: Line, *names: str) -> Line:
    return {name: told for name, told in line.items() if name not in names}


def _flow(results: Results) -> Iterator[Line]:
    for step in results.described.flow:
        yield {"question": "", **_fields(step)}
    for question in results.questions:
        for step in question.flow:
            yield {"question": question.id, **_fields(step)}


def _counts(results: Results) -> Iterator[Line]:
    for table in results.described.counts:
        for name, row in zip(table.rows, table.cells, strict=True):
            for column, cell in zip(table.columns, row, strict=True):
                yield {"table": table.id, "row": name, "column": column, "count": cell}


def _models(results: Results) -> Iterator[Line]:
    names = ("log_likelihood", "null_log_likelihood", "not_fitted", "why_not")
    for model in (model for question in results.questions for model in question.models):
        told = _fields(model)
        warnings = {"warnings": " ".join(model.warnings)}
        yield {name: told[name] for name in (*MODEL, *names)} | warnings


def _terms(model: ModelResult) -> Iterator[Line]:
    told = _fields(model)
    about = {name: told[name] for name in MODEL}
    for term in model.terms:
        yield {
            **about,
            **{("term" if name == "name" else name): value for name, value in _fields(term).items()},
        }


def _curves(results: Results) -> Iterator[Line]:
    names = (
        "question",
        "outcome",
        "group",
        "version",
        "given_week",
        "time_unit",
        "rows",
        "clusters",
        "starts_after",
    )
    every = [curve for question in results.questions for curve in question.curves]
    every += [curve for one in results.sensitivity for curve in one.curves]
    for curve in every:
        told = _fields(dataclasses.replace(curve, points=(), warnings=()))
        for point in curve.points:
            yield {**{name: told[name] for name in names}, **_fields(point)}


def _smooth(results: Results) -> Iterator[Line]:
    for curve in (curve for question in results.questions for curve in question.smooth):
        for point in curve.points:
            yield {"question": curve.question, "factor": curve.factor, **_fields(point)}


def _performance(results: Results) -> Iterator[Line]:
    for one in (one for question in results.questions for one in question.predictions):
        for measure in one.measures:
            yield {"question": one.question, "model": one.model.model, **_fields(measure)}


def _sensitivity(results: Results) -> Iterable[Line]:
    for one in results.sensitivity:
        lines = list(_terms(one.model)) if one.model is not None else []
        for line in lines:
            yield {"id": one.id, "kind": one.kind, "variant": one.variant, **line}
