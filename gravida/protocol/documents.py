"""The documents made from a study folder and from the code, so that they cannot drift from them."""

import csv
from collections.abc import Callable, Iterable, Iterator
from importlib.resources import files
from pathlib import Path

from gravida.protocol.check import Study
from gravida.protocol.definitions_document import definitions_document
from gravida.protocol.dictionary import Choice, Dictionary, Form, Limits, NamedRule, Required, Variable
from gravida.protocol.rules import CODED_RULES
from gravida.protocol.workup_document import workup_document

GLOSSARY = "glossary.csv"
_REQUIRED = {
    Required.ALWAYS: "required",
    Required.WHEN_ASKED: "required when asked",
    Required.OPTIONAL: "optional",
    Required.CALCULATED: "computed",
    Required.SYSTEM: "set by Gravida",
    Required.OFF: "off",
}


def _table(columns: Iterable[str], rows: Iterable[Iterable[str]]) -> Iterator[str]:
    columns = list(columns)
    yield "| " + " | ".join(columns) + " |"
    yield "|" + "---|" * len(columns)
    for row in rows:
        yield "| " + " | ".join(_cell(cell) for cell in row) + " |"


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("\n", " ")


def _made_by(folder: str) -> str:
    return f"<!-- Made by `gravida study docs {folder}`: change the study folder, not this page. -->"


def dictionary_document(study: Study) -> str:
    """The dictionary of a study: its forms, variables, lists of choices, rules and sources."""
    dictionary = study.dictionary
    lines = [
        f"# Dictionary of {study.file.acronym or study.file.id}",
        "",
        _made_by(f"studies/{study.file.id}"),
        "",
        f"{len(dictionary.forms)} forms, {len(dictionary.variables)} variables. "
        "Conditions are written in the grammar of [grammar.md](grammar.md).",
        "",
        "## Forms",
        "",
        *_table(
            ("form", "name", "nom", "belongs to", "rows", "kept in", "source", "note"),
            (_form_cells(form) for form in dictionary.forms.values()),
        ),
    ]
    for form in dictionary.forms.values():
        lines += [
            "",
            f"## {form.id}: {form.label['en']} / {form.label['fr']}",
            "",
            *_variables(dictionary, form),
        ]
    lines += ["", "## Lists of choices", "", *_table(("list", "code: en / fr"), _lists(dictionary))]
    lines += ["", "## Calculations made in code", "", *_table(("rule", "gives", "in"), _rules(dictionary))]
    if study.sources:
        lines += ["", "## Sources", "", *_table(("key", "source"), study.sources.items())]
    return "\n".join([*lines, ""])


def _form_cells(form: Form) -> tuple[str, ...]:
    rows = f"{form.fewest}..{'n' if form.most is None else form.most}"
    parent = form.parent or "the woman"
    return (form.id, form.label["en"], form.label["fr"], parent, rows, form.store, form.source, form.note)


def _variables(dictionary: Dictionary, form: Form) -> Iterator[str]:
    columns = ("name", "label", "libellé", "holds", "asked when", "computed", "needed", "source", "note")
    return _table(columns, (_variable_cells(variable) for variable in dictionary.of_form(form.id)))


def _variable_cells(variable: Variable) -> tuple[str, ...]:
    return (
        f"`{variable.name}`",
        variable.label["en"],
        variable.label["fr"],
        _holds(variable),
        _code(variable.branch_text),
        _code(variable.calculation_text),
        _REQUIRED[variable.required],
        variable.source,
        _notes(variable),
    )


def _holds(variable: Variable) -> str:
    parts = [variable.type.value, variable.unit, variable.choices and f"list {variable.choices}"]
    parts += [variable.target and f"-> {variable.target}", _code(variable.pattern)]
    if variable.limits != Limits():
        parts.append(str(variable.limits))
    if variable.usual != Limits():
        parts.append(f"usually {variable.usual}")
    return ", ".join(part for part in parts if part)


def _notes(variable: Variable) -> str:
    parts = [
        variable.note,
        variable.must_text and f"must: {_code(variable.must_text)}",
        variable.terminology,
        variable.other_units and f"also in {', '.join(variable.other_units)}",
        variable.to_confirm and f"**to be confirmed by the centre: {variable.to_confirm}**",
    ]
    return "; ".join(part for part in parts if part)


def _code(text: str) -> str:
    return f"`{text}`" if text else ""


def _lists(dictionary: Dictionary) -> Iterator[tuple[str, str]]:
    for name, choices in dictionary.lists.items():
        yield name, "; ".join(map(_choice, choices))


def _choice(choice: Choice) -> str:
    retired = f" (retired: {choice.retired})" if choice.retired else ""
    return f"`{choice.code}`: {choice.label['en']} / {choice.label['fr']}{retired}"


def _rules(dictionary: Dictionary) -> Iterator[tuple[str, str, str]]:
    """Each rule that the dictionary names, once, with the arguments it uses."""
    found: dict[str, list[str]] = {}
    for variable in dictionary.variables.values():
        if isinstance(variable.calculation, NamedRule):
            found.setdefault(variable.calculation.name, []).append(variable.calculation.argument)
    for name, arguments in sorted(found.items()):
        used = ", ".join(dict.fromkeys(argument for argument in arguments if argument))
        rule = CODED_RULES[name]
        yield f"{name} ({used})" if used else name, rule.gives, f"gravida/{rule.file}"


def glossary_document() -> str:
    """Every word of the field that Gravida uses, in English and French, with its source."""
    text = files("gravida.protocol").joinpath(GLOSSARY).read_text(encoding="utf-8")
    entries = sorted(csv.DictReader(text.splitlines()), key=lambda entry: entry["term_en"].casefold())
    columns = ("word", "mot", "meaning", "sens", "instead of", "source")
    keys = ("term_en", "term_fr", "meaning_en", "meaning_fr", "instead_of", "source")
    lines = [
        "# Glossary",
        "",
        "<!-- Made by `gravida study docs`: change gravida/protocol/glossary.csv, not this page. -->",
        "",
        "One word for one thing, in the code and on the pages. “Instead of” names words that we do not use.",
        "",
        *_table(columns, ([entry[key] for key in keys] for entry in entries)),
    ]
    return "\n".join([*lines, ""])


# File name -> what writes it; None where the study has nothing for it.
DOCUMENTS: dict[str, Callable[[Study], str | None]] = {
    "definitions.md": lambda study: definitions_document(study.definitions) if study.definitions else None,
    "dictionary.md": dictionary_document,
    "glossary.md": lambda _study: glossary_document(),
    "workup.md": lambda study: workup_document(study.workup) if study.workup else None,
}


def documents(study: Study) -> dict[str, str]:
    """Every document made from a study without mistakes, by file name."""
    written = {name: write(study) for name, write in DOCUMENTS.items()}
    return {name: text for name, text in written.items() if text is not None}


def write_documents(study: Study, out: Path) -> list[Path]:
    """Write every document into `out`; the files that changed."""
    out.mkdir(parents=True, exist_ok=True)
    stale = stale_documents(study, out)
    for name, text in documents(study).items():
        if out / name in stale:
            (out / name).write_text(text, encoding="utf-8", newline="\n")
    return stale


def stale_documents(study: Study, out: Path) -> list[Path]:
    """The documents in `out` that are absent or say something else."""
    return [out / name for name, text in documents(study).items() if not _says(out / name, text)]


def _says(path: Path, text: str) -> bool:
    return path.is_file() and path.read_text(encoding="utf-8") == text
