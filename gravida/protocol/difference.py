"""What changed between two versions of a study folder, and which stored values each change would touch."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Any

from gravida.protocol.check import Study
from gravida.protocol.dictionary import Choice, Dictionary, Form, Required, Variable
from gravida.protocol.text_files import read_toml


class Effect(Enum):
    """What a change does to values that are stored already."""

    NONE = "no stored value is touched"
    UNREADABLE = "stored values lose their meaning"
    RECHECK = "stored values may no longer be allowed"
    RECOMPUTE = "stored results must be computed again"
    HIDDEN = "stored values may no longer be asked for"
    INCOMPLETE = "complete forms may become incomplete"
    WORDING = "stored values keep their code; see that the new words mean the same"
    REASSESS = "women must be assessed again"


@dataclass(frozen=True, kw_only=True)
class Change:
    """One change: the form and variable it concerns, what it is, what it does, and to which codes."""

    form: str = ""
    variable: str = ""
    kind: str
    before: str = ""
    after: str = ""
    effect: Effect
    codes: tuple[str, ...] = ()  # stored codes that are touched; empty: every value

    @property
    def where(self) -> str:
        return ".".join(filter(None, (self.form, self.variable))) or "study"

    def __str__(self) -> str:
        what = f"{self.where}: {self.kind}"
        if self.before or self.after:
            what += f": {self.before or '(none)'} -> {self.after or '(none)'}"
        touched = f" ({', '.join(self.codes)})" if self.codes else ""
        return f"{what}; {self.effect.value}{touched}"


def differences(old: Study, new: Study) -> tuple[Change, ...]:
    """Every change from `old` to `new`: forms, variables and choices, criteria, then what is in force."""
    return (
        *_forms(old.dictionary, new.dictionary),
        *_variables(old.dictionary, new.dictionary),
        *_criteria(old, new),
        *_settings(old, new),
    )


def _paired(old: Mapping[str, Any], new: Mapping[str, Any]) -> Iterator[tuple[str, Any, Any]]:
    """Every name of either, with what each has under it; None where it has none."""
    for name in dict.fromkeys((*old, *new)):
        yield name, old.get(name), new.get(name)


def _forms(old: Dictionary, new: Dictionary) -> Iterator[Change]:
    for name, before, after in _paired(old.forms, new.forms):
        if after is None:
            yield Change(form=name, kind="form removed", effect=Effect.UNREADABLE)
        elif before is None:
            yield Change(form=name, kind="form added", effect=Effect.NONE)
        else:
            yield from _form(before, after)


def _form(before: Form, after: Form) -> Iterator[Change]:
    if before.label != after.label:
        yield Change(
            form=after.id,
            kind="form relabelled",
            before=_labels(before.label),
            after=_labels(after.label),
            effect=Effect.WORDING,
        )
    for kind, attribute in (("parent changed", "parent"), ("key changed", "key"), ("store changed", "store")):
        first, second = getattr(before, attribute), getattr(after, attribute)
        if first != second:
            yield Change(form=after.id, kind=kind, before=first, after=second, effect=Effect.UNREADABLE)
    if (before.fewest, before.most) != (after.fewest, after.most):
        yield _repeats(before, after)


def _repeats(before: Form, after: Form) -> Change:
    fewer_allowed = after.most is not None and (before.most is None or after.most < before.most)
    effect = Effect.RECHECK if fewer_allowed else Effect.NONE
    if after.fewest > before.fewest and effect is Effect.NONE:
        effect = Effect.INCOMPLETE
    return Change(
        form=after.id,
        kind="number of rows changed",
        before=f"{before.fewest}..{before.most or 'n'}",
        after=f"{after.fewest}..{after.most or 'n'}",
        effect=effect,
    )


def _labels(label: Mapping[str, str]) -> str:
    return " / ".join(label.values())


def _variables(old: Dictionary, new: Dictionary) -> Iterator[Change]:
    """Variables by name: a name belongs to one form, so that a variable can move."""
    before_by_name = {variable.name: variable for variable in old.variables.values()}
    after_by_name = {variable.name: variable for variable in new.variables.values()}
    for name, before, after in _paired(before_by_name, after_by_name):
        if after is None:
            yield Change(form=before.form, variable=name, kind="variable removed", effect=Effect.UNREADABLE)
        elif before is None:
            required = after.required is Required.ALWAYS and after.form in old.forms
            effect = Effect.INCOMPLETE if required else Effect.NONE
            yield Change(form=after.form, variable=name, kind="variable added", effect=effect)
        else:
            for compare in _VARIABLE_COMPARISONS:
                yield from compare(before, after)
            yield from _choices(old.choices(before), new.choices(after), after)


def _changed(
    kind: str, effect: Effect, value: Callable[[Variable], Any]
) -> Callable[[Variable, Variable], Iterator[Change]]:
    """A comparison that notes one change wherever `value` differs."""

    def compare(before: Variable, after: Variable) -> Iterator[Change]:
        if value(before) != value(after):
            yield Change(
                form=after.form,
                variable=after.name,
                kind=kind,
                before=str(value(before)),
                after=str(value(after)),
                effect=effect,
            )

    return compare


def _range(before: Variable, after: Variable) -> Iterator[Change]:
    if before.limits == after.limits:
        return
    wider = after.limits.holds(before.limits)
    yield Change(
        form=after.form,
        variable=after.name,
        kind="range widened" if wider else "range narrowed",
        before=str(before.limits),
        after=str(after.limits),
        effect=Effect.NONE if wider else Effect.RECHECK,
    )


def _required(before: Variable, after: Variable) -> Iterator[Change]:
    if before.required is after.required:
        return
    effects = {
        Required.ALWAYS: Effect.INCOMPLETE,
        Required.WHEN_ASKED: Effect.INCOMPLETE,
        Required.CALCULATED: Effect.RECOMPUTE,
        Required.SYSTEM: Effect.RECHECK,
        Required.OFF: Effect.HIDDEN,
    }
    effect = effects.get(after.required, Effect.NONE)
    if (before.required, after.required) == (Required.ALWAYS, Required.WHEN_ASKED):
        effect = Effect.NONE
    yield Change(
        form=after.form,
        variable=after.name,
        kind="requirement changed",
        before=before.required.value,
        after=after.required.value,
        effect=effect,
    )


_VARIABLE_COMPARISONS: tuple[Callable[[Variable, Variable], Iterator[Change]], ...] = (
    _changed("moved to another form", Effect.UNREADABLE, lambda variable: variable.form),
    _changed("relabelled", Effect.WORDING, lambda variable: _labels(variable.label)),
    _changed("type changed", Effect.UNREADABLE, lambda variable: variable.type.value),
    _changed("unit changed", Effect.UNREADABLE, lambda variable: variable.unit),
    _changed("target changed", Effect.UNREADABLE, lambda variable: variable.target),
    _changed("pattern changed", Effect.RECHECK, lambda variable: variable.pattern),
    _changed("condition on saving changed", Effect.RECHECK, lambda variable: variable.must_text),
    _changed("usual range changed", Effect.RECHECK, lambda variable: str(variable.usual)),
    _changed("branch changed", Effect.HIDDEN, lambda variable: variable.branch_text),
    _changed("calculation changed", Effect.RECOMPUTE, lambda variable: variable.calculation_text),
    _changed("other units changed", Effect.NONE, lambda variable: "; ".join(variable.other_units)),
    _changed("terminology changed", Effect.NONE, lambda variable: variable.terminology),
    _changed("source changed", Effect.NONE, lambda variable: variable.source),
    _changed("to be confirmed changed", Effect.NONE, lambda variable: variable.to_confirm),
    _changed("note changed", Effect.NONE, lambda variable: variable.note),
    _range,
    _required,
)


def _choices(old: tuple[Choice, ...], new: tuple[Choice, ...], variable: Variable) -> Iterator[Change]:
    before_by_code = {choice.code: choice for choice in old}
    after_by_code = {choice.code: choice for choice in new}
    for code, before, after in _paired(before_by_code, after_by_code):
        if after is None:
            yield _choice(variable, code, "choice removed", _labels(before.label), "", Effect.UNREADABLE)
        elif before is None:
            yield _choice(variable, code, "choice added", "", _labels(after.label), Effect.NONE)
        else:
            yield from _choice_changed(variable, before, after)


def _choice_changed(variable: Variable, before: Choice, after: Choice) -> Iterator[Change]:
    first, second = _labels(before.label), _labels(after.label)
    if first != second:
        kind = "choice relabelled" if before.is_offered else "retired choice relabelled"
        effect = Effect.WORDING if before.is_offered else Effect.UNREADABLE
        yield _choice(variable, after.code, kind, first, second, effect)
    if before.is_offered and not after.is_offered:
        yield _choice(variable, after.code, "choice retired", "", after.retired, Effect.NONE)
    if not before.is_offered and after.is_offered:
        yield _choice(
            variable, after.code, "retired choice offered again", before.retired, "", Effect.WORDING
        )


def _choice(variable: Variable, code: str, kind: str, before: str, after: str, effect: Effect) -> Change:
    return Change(
        form=variable.form,
        variable=variable.name,
        kind=f"{kind} {code}",
        before=before,
        after=after,
        effect=effect,
        codes=() if effect is Effect.NONE else (code,),
    )


def _criteria(old: Study, new: Study) -> Iterator[Change]:
    before_by_id = {criterion.id: criterion for criterion in old.criteria.criteria}
    after_by_id = {criterion.id: criterion for criterion in new.criteria.criteria}
    for name, before, after in _paired(before_by_id, after_by_id):
        kind = f"criterion {name}"
        if before is None or after is None:
            what = "added" if before is None else "removed"
            yield Change(kind=f"{kind} {what}", effect=Effect.REASSESS)
            continue
        rules = [" or ".join(part.rule_text for part in criterion.parts) for criterion in (before, after)]
        if rules[0] != rules[1] or before.kind is not after.kind:
            yield Change(kind=f"{kind} changed", before=rules[0], after=rules[1], effect=Effect.REASSESS)
        if before.text != after.text:
            texts = (_labels(before.text), _labels(after.text))
            yield Change(kind=f"{kind} worded anew", before=texts[0], after=texts[1], effect=Effect.WORDING)


_SETTINGS: tuple[tuple[str, Effect, Callable[[Study], object]], ...] = (
    ("version", Effect.NONE, lambda study: study.file.version),
    ("definition in force", Effect.RECOMPUTE, lambda study: study.file.definitions.in_force),
    ("work-up profile in force", Effect.RECOMPUTE, lambda study: study.file.workup.in_force),
    ("definitions beside", Effect.NONE, lambda study: ", ".join(study.file.definitions.beside)),
    ("work-up profiles beside", Effect.NONE, lambda study: ", ".join(study.file.workup.beside)),
    ("forms in force", Effect.HIDDEN, lambda study: study.file.forms_in_force),
)


def _settings(old: Study, new: Study) -> Iterator[Change]:
    for kind, effect, value in _SETTINGS:
        before, after = str(value(old)), str(value(new))
        if before != after:
            yield Change(kind=f"{kind} changed", before=before, after=after, effect=effect)
    for kind, effect, value in _SCHEDULES:
        if value(old) != value(new):
            yield Change(kind=f"{kind} changed", effect=effect)
    for file, effect in _FILES.items():
        yield from _tables(file, effect, _read(old, file), _read(new, file))


_SCHEDULES: tuple[tuple[str, Effect, Callable[[Study], object]], ...] = (
    ("follow-up schedule", Effect.NONE, lambda study: study.file.visits),
    ("form sets", Effect.HIDDEN, lambda study: study.file.form_sets),
    ("facts of the criteria", Effect.REASSESS, lambda study: study.criteria.facts),
)
_FILES = {
    "definitions.toml": Effect.RECOMPUTE,
    "workup.toml": Effect.RECOMPUTE,
    "plan.toml": Effect.NONE,
}


def _read(study: Study, file: str) -> dict[str, Any]:
    toml = read_toml(study.folder / file, [])
    return toml.data if toml is not None else {}


def _tables(file: str, effect: Effect, old: Mapping[str, Any], new: Mapping[str, Any]) -> Iterator[Change]:
    """Changes by table and id: "definitions.toml: definition ESHRE_2022 changed"."""
    for key, before, after in _paired(old, new):
        if before == after:
            continue
        if not _has_ids(before) or not _has_ids(after):
            yield Change(kind=f"{file}: {key} changed", effect=effect)
            continue
        for name, first, second in _paired(_by_id(before), _by_id(after)):
            if first != second:
                what = "added" if first is None else "removed" if second is None else "changed"
                yield Change(kind=f"{file}: {key} {name} {what}", effect=effect)


def _has_ids(value: object) -> bool:
    return value is None or (
        isinstance(value, list) and all(isinstance(x, dict) and "id" in x for x in value)
    )


def _by_id(tables: list[dict[str, Any]] | None) -> dict[str, dict[str, Any]]:
    return {str(table["id"]): table for table in tables or ()}
