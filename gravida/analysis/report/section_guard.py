"""What guards a reader: the same questions with one thing changed, traps, cautions, limits, checklists."""

import tomllib
from dataclasses import dataclass, replace
from pathlib import Path

from gravida.analysis.report import figures
from gravida.analysis.report.figures import Estimate
from gravida.analysis.report.markup import Markup, el, join
from gravida.analysis.report.page import Page, Table, bullets, columns
from gravida.analysis.report.results import SensitivityResult, Trap
from gravida.analysis.report.results_models import ModelResult, Named, TermResult

FOLDER = Path(__file__).parent
CHECKLISTS = ("strobe", "record", "tripod_ai")
LIMITS = (
    "association",
    "unmeasured",
    "told",
    "recognised",
    "selection",
    "missing",
    "individual",
    "small_counts",
    "many_looks",
)


def sensitivity(page: Page) -> Markup:
    """Every sensitivity analysis beside the main one."""
    found = page.results.sensitivity
    if not found:
        return page.section("sensitivity", page.say("sensitivity.none"))
    parts: list[Markup] = [page.say("sensitivity.intro"), bullets(_listed(page))]
    modelled = [one for one in found if one.model is not None]
    parts += [
        _grid(page, id_, [one for one in modelled if one.question == id_])
        for id_ in dict.fromkeys(one.question for one in modelled)
    ]
    curves = [one for one in found if one.curves]
    if curves:
        parts.append(page.table(_curves(page, curves)))
    return page.section("sensitivity", *parts)


def _listed(page: Page) -> list[Markup | str]:
    listed: list[Markup | str] = []
    for id_ in dict.fromkeys(one.id for one in page.results.sensitivity):
        mine = [one for one in page.results.sensitivity if one.id == id_]
        said = page.labels.sensitivity(id_)
        reasons = dict.fromkeys(one.not_run for one in mine if one.not_run)
        if all(one.not_run for one in mine):
            said += " " + " ".join(page.words(f"not_run.{code}") for code in reasons)
        listed.append(said)
    return listed


def _main(page: Page, question: str) -> ModelResult | None:
    """The main model; where each factor has its own, their own terms together."""
    found = next((one for one in page.results.questions if one.id == question), None)
    fitted = [model for model in found.models if model.terms] if found else []
    return _together([model for model in fitted if model.model == fitted[0].model]) if fitted else None


def _together(models: list[ModelResult]) -> ModelResult:
    terms = tuple(term for model in models for term in _own(model))
    return replace(models[0], terms=terms, rows=max(model.rows for model in models))


def _own(model: ModelResult) -> tuple[TermResult, ...]:
    return tuple(term for term in model.terms if not model.about or term.factor == model.about)


def _joined(again: list[SensitivityResult]) -> list[SensitivityResult]:
    """One result for each analysis and variant, of the terms its models are about; failures as they are."""
    found: list[SensitivityResult] = []
    for key in dict.fromkeys((one.id, one.variant) for one in again):
        mine = [one for one in again if (one.id, one.variant) == key and one.model is not None]
        fitted = [one.model for one in mine if one.model is not None and one.model.terms]
        found.append(replace(mine[0], model=_together(fitted)) if fitted else mine[0])
    return found


def _grid(page: Page, question: str, again: list[SensitivityResult]) -> Markup:
    """Ratios by analysis: one column per analysis, one line per term; the strongest terms drawn."""
    main, again = _main(page, question), _joined(again)
    if main is None:
        return join()
    fitted = [
        (variant_words(page, one), one.model) for one in again if one.model is not None and one.model.terms
    ]
    failed = [one for one in again if one.model is not None and not one.model.terms]
    analyses = [(page.words("sensitivity.main"), main), *fitted]
    rows: list[tuple[str, ...]] = []
    for term in (term for term in main.terms if term.factor):
        cells = [_cell(page, _term(model, term.name)) for _, model in analyses]
        rows.append((page.labels.term(term.factor, term.name), *cells))
    rows.append(
        (page.words("histories.pregnancies"), *(page.numbers.count(model.rows) for _, model in analyses))
    )
    caption = page.words("sensitivity.caption", question=page.labels.question(question))
    table = Table(
        caption=caption,
        columns=columns(page.words("answers.term"), *(name for name, _ in analyses)),
        rows=tuple(rows),
        note=page.words("sensitivity.note"),
    )
    return join(page.figure(_strongest(page, main, analyses), caption, table), _failed(page, failed))


def _failed(page: Page, failed: list[SensitivityResult]) -> Markup | None:
    """Those that the rows could not carry, each with the estimator's own sentence."""
    told: list[Markup | str] = [
        join(el("b", variant_words(page, one)), ": ", el("span", one.model.why_not, lang="en"))
        for one in failed
        if one.model is not None
    ]
    if not told:
        return None
    return page.notice(page.say("sensitivity.failed"), bullets(told), kind="careful")


def variant_words(page: Page, one: SensitivityResult) -> str:
    """A short name of one analysis and what it changed."""
    name = page.words(f"sensitivity_kind.{one.kind}")
    if one.kind == "shift_weeks":
        return page.words("sensitivity.weeks", number=one.variant.replace("-", "−"))
    return f"{name}: {page.labels.definition(one.variant)}" if one.variant else name


def _term(model: ModelResult, name: str) -> TermResult | None:
    return next((term for term in model.terms if term.name == name), None)


def _cell(page: Page, term: TermResult | None) -> str:
    numbers = page.numbers
    if term is None:
        return numbers.number(None)
    value, lower, upper = (numbers.ratio(one) for one in (term.estimate, term.lower, term.upper))
    return f"{numbers.number(value)} ({numbers.interval(lower, upper)})"


def _strongest(page: Page, main: ModelResult, analyses: list[tuple[str, ModelResult]]) -> Markup:
    """The terms with the largest z of the main model, in every analysis."""
    numbers = page.numbers
    terms = sorted((term for term in main.terms if term.factor), key=_strength, reverse=True)[:3]
    lines: list[Estimate] = []
    for term in terms:
        lines.append(Estimate(label=page.labels.term(term.factor, term.name)))
        for at, (name, model) in enumerate(analyses):
            found = _term(model, term.name)
            if found is None:
                continue
            value, lower, upper = (numbers.ratio(one) for one in (found.estimate, found.lower, found.upper))
            shape, tone = ("square", "deep") if at == 0 else ("circle", "plum")
            lines.append(
                Estimate(
                    label=name,
                    value=value,
                    lower=lower,
                    upper=upper,
                    told=_cell(page, found),
                    shape=shape,
                    tone=tone,
                )
            )
    title = page.words("sensitivity.figure")
    named = figures.Named(
        title=title, description=page.words("sensitivity.description"), identity=page.identity()
    )
    return figures.forest(
        lines,
        named,
        x_label=page.words("answers.ratio_axis"),
        x_words=lambda v: numbers.number(v, 1 if v != int(v) else 0),
    )


def _strength(term: TermResult) -> float:
    if term.estimate is None or not term.standard_error:
        return 0.0
    return abs(term.estimate / term.standard_error)


def _curves(page: Page, again: list[SensitivityResult]) -> Table:
    words, numbers = page.words, page.numbers
    rows = []
    for one in again:
        for curve in (curve for curve in one.curves if curve.points):
            main = _same(page, curve.question, curve.group)
            last = curve.points[-1]
            rows.append(
                (
                    f"{words(f'sensitivity_kind.{one.kind}')}{f' ({curve.group})' if curve.group else ''}",
                    words(f"curve.{curve.time_unit}", number=numbers.number(last.week, 0)),
                    f"{numbers.share(last.incidence)} ({numbers.shares(last.lower, last.upper)})",
                    numbers.share(main),
                )
            )
    return Table(
        caption=words("sensitivity.curves"),
        columns=columns(
            words("sensitivity.analysis"),
            words("sensitivity.by"),
            words("sensitivity.this"),
            words("sensitivity.main"),
        ),
        rows=tuple(rows),
    )


def _same(page: Page, question: str, group: str) -> float | None:
    found = next(one for one in page.results.questions if one.id == question)
    curve = next(
        (
            one
            for one in found.curves
            if one.version == "with_entry"
            and one.group == group
            and one.outcome == found.outcome
            and one.points
        ),
        None,
    )
    return curve.points[-1].incidence if curve else None


def traps(page: Page) -> Markup:
    """The known ways of being wrong, those these data set first."""
    met = [trap for trap in page.results.traps if trap.met]
    rest = [trap for trap in page.results.traps if not trap.met]
    return page.section(
        "traps",
        page.say("traps.intro"),
        page.table(_trap_table(page, met, "traps.met")) if met else None,
        page.folded(page.words("traps.unmet"), page.table(_trap_table(page, rest, "traps.unmet")))
        if rest
        else None,
        *_cautions(page),
    )


def _trap_table(page: Page, traps_: list[Trap], caption: str) -> Table:
    words = page.words
    return Table(
        caption=words(caption),
        columns=columns(words("traps.trap"), words("traps.guard"), words("traps.here"), words_first=3),
        rows=tuple(
            (
                words(f"trap.{trap.code}"),
                words(f"guard.{trap.code}"),
                "; ".join(_measured(page, trap.code, one) for one in trap.numbers if one.value is not None)
                or "–",
            )
            for trap in traps_
        ),
    )


def _measured(page: Page, code: str, one: Named) -> str:
    name, _, about = one.name.partition(":")
    numbers, value = page.numbers, one.value
    if name in ("share", "share_of_all", "share_after", "with_entry", "entry_ignored", "from_entry"):
        told = numbers.share(value)
    elif name == "p_value":
        told = numbers.p(value)
    else:
        told = numbers.number(value, 0 if value == int(value or 0) and abs(value or 0) >= 5 else 2)
    key = f"{code}.{name}"
    label = (
        page.words(f"measured.{name}")
        if not page.words.has(f"measured.{key}")
        else page.words(f"measured.{key}")
    )
    about_words = f" ({term_words(page, about)})" if about else ""
    return f"{label}{about_words}: {told}"


def term_words(page: Page, name: str) -> str:
    """A term by its own name, with the words of its factor."""
    for factor in page.labels.plan.factors:
        if factor.id == name or name in {term.name for term in factor.terms}:
            return page.labels.term(factor.id, name) if factor.id != name else page.labels.factor(name)
    return name


def _cautions(page: Page) -> list[Markup]:
    told = []
    for one in page.results.cautions:
        where = f"{page.labels.question(one.question)} " if one.question else ""
        told.append(page.notice(el("p", where, page.words(f"caution.{one.code}")), kind="careful"))
    return told


def limits(page: Page) -> Markup:
    """What these numbers cannot say."""
    chosen = [code for code in LIMITS if code != "small_counts" or page.results.disclosure.on]
    smallest = str(page.results.disclosure.smallest)
    return page.section(
        "limits",
        bullets(
            [
                page.words(f"limit.{code}", smallest=smallest)
                if code == "small_counts"
                else page.words(f"limit.{code}")
                for code in chosen
            ]
        ),
    )


@dataclass(frozen=True, kw_only=True)
class Item:
    """One item of a reporting guideline, in our words, and the section that answers it ("" : the authors)."""

    number: str
    text: str
    section: str


def checklist(name: str, language: str) -> tuple[Item, ...]:
    """The items of a guideline, in its order."""
    data = tomllib.loads((FOLDER / f"checklists.{language}.toml").read_text(encoding="utf-8"))
    return tuple(Item(number=row[0], text=row[1], section=row[2]) for row in data[name])


def checklists(page: Page) -> Markup:
    """Each guideline's items and where the report answers them."""
    parts = [page.say("checklists.intro")]
    parts += [page.folded(page.words(f"checklists.{name}"), _checklist(page, name)) for name in CHECKLISTS]
    return page.section("checklists", *parts)


def _checklist(page: Page, name: str) -> Markup:
    words = page.words
    titles = dict(page.sections)
    rows = []
    for item in checklist(name, words.language):
        where = (
            el("a", titles[item.section], href=f"#{item.section}")
            if item.section in titles
            else words("checklists.authors")
        )
        rows.append(el("tr", el("th", item.number, scope="row"), el("td", item.text), el("td", where)))
    page.tables += 1
    label = words("frame.table", number=str(page.tables))
    caption = el("caption", el("b", f"{label}. "), words(f"checklists.{name}"))
    head = el(
        "tr",
        *(
            el("th", words(key), scope="col")
            for key in ("checklists.item", "checklists.asks", "checklists.where")
        ),
    )
    frame = (
        {}
        if page.for_print
        else {"tabindex": "0", "role": "region", "aria_label": f"{label}. {words(f'checklists.{name}')}"}
    )
    grid = el("table", caption, el("thead", head), el("tbody", *rows))
    return join(
        el("div", grid, class_="table", **frame), el("p", words("frame.plan", hash=page.hash), class_="foot")
    )


def methods(page: Page) -> Markup:
    """How the numbers were made, for whoever checks them."""
    names = dict.fromkeys(
        model.model.partition(":")[0] for question in page.results.questions for model in question.models
    )
    listed = [page.words(f"how.{name}") for name in names if page.words.has(f"how.{name}")]
    if any(question.curves for question in page.results.questions):
        listed.append(page.words("how.aalen_johansen"))
    return page.section(
        "methods",
        page.say("methods.intro"),
        bullets(listed),
        page.say("methods.seed", seed=str(page.results.identity.seed)),
    )
