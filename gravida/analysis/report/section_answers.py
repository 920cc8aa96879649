"""The answers: each question with its sentence, standardised risks first, then ratios, tests and models."""

from gravida.analysis.report import figures
from gravida.analysis.report.figures import Axes, Estimate, Series
from gravida.analysis.report.markup import Markup, el, join
from gravida.analysis.report.page import Page, Table, bullets, columns
from gravida.analysis.report.results import QuestionResult
from gravida.analysis.report.results_models import (
    ModelResult,
    RiskResult,
    SmoothResult,
    TermResult,
)
from gravida.analysis.report.section_curves import curve_parts
from gravida.analysis.report.section_imputed import imputed_part
from gravida.analysis.report.section_opening import risk_sentences

RATIOS = {"log_odds": "odds_ratio", "log_hazard": "hazard_ratio", "log_subhazard": "subhazard_ratio"}
UNITS = {"survey design": "sampling_units"}
DOUBTFUL = 0.05  # below, hazards are said not to be proportional


def answers(page: Page) -> Markup:
    """Every question of the plan in its order."""
    return page.section(
        "answers", page.say("answers.intro"), *(_question(page, one) for one in page.results.questions)
    )


def _question(page: Page, found: QuestionResult) -> Markup:
    plan_question = page.labels.plan.question(found.id)
    title = el("h3", page.labels.text(plan_question.name), id=f"question-{found.id}")
    if found.not_answered:
        return join(title, page.notice(page.say(f"unanswered.{found.not_answered}"), kind="careful"))
    parts: list[Markup | None] = [title]
    if plan_question.set_aside:
        names = ", ".join(page.labels.outcome(id_) for id_ in plan_question.set_aside)
        parts.append(page.say("answers.set_aside", outcomes=names))
    parts += [_risks(page, found), _primary(page, found), _tests(page, found)]
    parts += [_smooth(page, curve) for curve in found.smooth]
    parts += curve_parts(page, found)
    parts += [_other_models(page, found)]
    parts += [imputed_part(page, one) for one in found.imputation]
    return join(*parts)


def _risks(page: Page, found: QuestionResult) -> Markup | None:
    risks = [risk for risk in found.risks if risk.difference is not None]
    if not risks:
        return None
    numbers, words = page.numbers, page.words
    lines: list[Estimate] = []
    for factor, risk in _with_headings(page, risks):
        if risk is None:
            lines.append(Estimate(label=factor))
            continue
        told = f"{numbers.number(100 * (risk.difference or 0), 1)} ({_points(page, risk)})"
        lines.append(
            Estimate(
                label=_level(page, risk),
                value=risk.difference,
                lower=risk.difference_lower,
                upper=risk.difference_upper,
                told=told,
            )
        )
    caption = words("risks.caption", outcome=page.labels.outcome(found.outcome))
    named = figures.Named(title=caption, description=words("risks.description"), identity=page.identity())
    drawing = figures.forest(
        lines,
        named,
        x_label=words("risks.axis"),
        x_words=lambda v: numbers.number(100 * v, 0),
        is_ratio=False,
    )
    return join(
        bullets(risk_sentences(page, found)) if risk_sentences(page, found) else None,
        page.figure(drawing, caption, _risk_table(page, found, risks, caption)),
    )


def _with_headings(page: Page, risks: list[RiskResult]) -> list[tuple[str, RiskResult | None]]:
    """Levels under the name of their factor; a factor of one level is its own line."""
    found: list[tuple[str, RiskResult | None]] = []
    for factor in dict.fromkeys(risk.factor for risk in risks):
        mine = [risk for risk in risks if risk.factor == factor]
        if len(mine) > 1:
            found.append((page.labels.factor(factor), None))
        found += [(factor, risk) for risk in mine]
    return found


def _level(page: Page, risk: RiskResult) -> str:
    level = page.labels.level(risk.factor, risk.level)
    if risk.reference:
        return (
            f"{page.labels.factor(risk.factor)}: {_value(page, risk.level)} / {_value(page, risk.reference)}"
        )
    alone = (page.words("term.yes"), page.words("term.per_unit"))
    return page.labels.factor(risk.factor) if level in alone else level


def _value(page: Page, text: str) -> str:
    try:
        return page.numbers.number(float(text), 1)
    except ValueError:
        return text


def _points(page: Page, risk: RiskResult) -> str:
    lower, upper = risk.difference_lower, risk.difference_upper
    return page.numbers.interval(
        None if lower is None else 100 * lower, None if upper is None else 100 * upper, 1
    )


def _risk_table(page: Page, found: QuestionResult, risks: list[RiskResult], caption: str) -> Table:
    numbers, words = page.numbers, page.words
    rows: list[tuple[str, ...]] = []
    for factor, risk in _with_headings(page, risks):
        if risk is None:
            rows.append((factor,))
            continue
        rows.append(
            (
                _level(page, risk),
                numbers.count(risk.rows_at_level),
                f"{numbers.share(risk.risk)} ({numbers.shares(risk.risk_lower, risk.risk_upper)})",
                numbers.share(risk.reference_risk),
                f"{numbers.number(100 * (risk.difference or 0), 1)} ({_points(page, risk)})",
                f"{numbers.number(risk.ratio)} ({numbers.interval(risk.ratio_lower, risk.ratio_upper)})",
                f"{numbers.number(risk.e_value)} ({numbers.number(risk.e_value_limit)})",
            )
        )
    return Table(
        caption=caption,
        columns=columns(
            words("risks.level"),
            words("risks.rows"),
            words("risks.risk"),
            words("risks.reference"),
            words("risks.difference"),
            words("risks.ratio"),
            words("risks.e_value"),
        ),
        rows=tuple(rows),
        note=words("risks.note"),
    )


def _primary(page: Page, found: QuestionResult) -> Markup | None:
    """The first model of the plan with a table; of one model per factor, all of them together."""
    first = next((model for model in found.models if model.model != "standardised_risk"), None)
    if first is None:
        return None
    if first.about:
        together = [model for model in found.models if model.model == first.model]
        return _per_factor(page, together)
    return model_part(page, first)


def _per_factor(page: Page, models: list[ModelResult]) -> Markup:
    """Each factor judged in a model of its own: only its own terms are told."""
    parts = [page.say("answers.per_factor")]
    fitted = [model for model in models if model.terms]
    if fitted:
        terms = [(model, term) for model in fitted for term in model.terms if term.factor == model.about]
        parts.append(_forest(page, fitted[0], terms))
    parts += [_not_fitted(page, model) for model in models if not model.terms]
    return join(*parts)


def model_part(page: Page, model: ModelResult) -> Markup:
    """One model: its sentence, its forest plot and its table; or why there is none."""
    if not model.terms:
        return _not_fitted(page, model)
    curved = {factor.id for factor in page.labels.plan.factors if factor.shape == "spline"}
    terms = [(model, term) for term in model.terms if term.factor and term.factor not in curved]
    apart = page.say("answers.curve_apart") if any(term.factor in curved for term in model.terms) else None
    within = page.say("answers.within_woman") if model.model == "logistic_agq" else None
    return join(_forest(page, model, terms) if terms else None, apart, within, _facts(page, model))


def _not_fitted(page: Page, model: ModelResult) -> Markup:
    about = f" ({page.labels.factor(model.about)})" if model.about else ""
    sentence = page.words("answers.not_fitted", model=page.words(f"model.{model.model}") + about)
    return page.notice(el("p", sentence), el("p", model.why_not, lang="en"), kind="careful")


def _forest(page: Page, model: ModelResult, terms: list[tuple[ModelResult, TermResult]]) -> Markup:
    words, numbers = page.words, page.numbers
    ratio = words(f"scale.{RATIOS.get(model.scale, 'odds_ratio')}")
    caption = words("answers.caption", model=words.code("model", model.model), ratio=ratio)
    if page.labels.plan.question(model.question).strata:
        caption += f" {words('answers.stratified')}"
    lines: list[Estimate] = []
    rows: list[tuple[str, ...]] = []
    for factor in dict.fromkeys(term.factor for _, term in terms):
        mine = [term for _, term in terms if term.factor == factor]
        if len(mine) > 1:
            lines.append(Estimate(label=page.labels.factor(factor)))
            rows.append((page.labels.factor(factor),))
        for term in mine:
            label = page.labels.level(factor, term.name) if len(mine) > 1 else page.labels.factor(factor)
            lines.append(_line(page, label, term))
            rows.append(_row(page, label, term))
    named = figures.Named(title=caption, description=words("answers.description"), identity=page.identity())
    drawing = figures.forest(
        lines,
        named,
        x_label=f"{ratio} ({words('answers.log_axis')})",
        x_words=lambda v: (
            numbers.number(v, 2).rstrip("0").rstrip(numbers.decimal) if v != int(v) else numbers.number(v, 0)
        ),
    )
    table = Table(
        caption=caption,
        columns=columns(
            words("answers.term"),
            ratio,
            words("answers.interval"),
            words("answers.estimate"),
            words("answers.error"),
            words("answers.p"),
        ),
        rows=tuple(rows),
        note=words("answers.note", errors=errors_words(page, model.standard_errors_by)),
    )
    return page.figure(drawing, caption, table)


def _line(page: Page, label: str, term: TermResult) -> Estimate:
    numbers = page.numbers
    value, lower, upper = (numbers.ratio(one) for one in (term.estimate, term.lower, term.upper))
    told = f"{numbers.number(value)} ({numbers.interval(lower, upper)})"
    return Estimate(label=label, value=value, lower=lower, upper=upper, told=told)


def _row(page: Page, label: str, term: TermResult) -> tuple[str, ...]:
    numbers = page.numbers
    value, lower, upper = (numbers.ratio(one) for one in (term.estimate, term.lower, term.upper))
    return (
        label,
        numbers.number(value),
        numbers.interval(lower, upper),
        numbers.number(term.estimate, 4),
        numbers.number(term.standard_error, 4),
        numbers.p(term.p_value),
    )


def errors_words(page: Page, said_by: str) -> str:
    """How standard errors were found, in words."""
    return page.words.code("errors", said_by.replace(" ", "_").replace("Rubin_over_", "rubin_"))


def _facts(page: Page, model: ModelResult) -> Markup:
    """Rows, events, clusters and what else the model tells; its warnings."""
    words, numbers = page.words, page.numbers
    sentence = words(
        "answers.counts",
        rows=numbers.count(model.rows),
        events=numbers.count(model.events),
        clusters=numbers.count(model.clusters),
        units=words(f"answers.{_units(model)}"),
        left_out=numbers.count(model.left_out),
    )
    told = [
        words(f"number.{one.name}", value=_diagnostic(page, one.name, one.value))
        for one in model.numbers
        if words.has(f"number.{one.name}")
    ]
    warned = [page.notice(page.say(f"warning.{code}"), kind="careful") for code in model.warnings]
    return join(el("p", " ".join([sentence, *told])), _proportional(page, model), *warned)


def _units(model: ModelResult) -> str:
    if model.model == "conditional_logistic":
        return "matched_sets"
    return UNITS.get(model.standard_errors_by, "women")


def _proportional(page: Page, model: ModelResult) -> Markup | None:
    """What to know where hazard ratios change over the weeks."""
    name = "proportional_hazards_p_value"
    found = {one.name: one.value for one in model.numbers if one.name.startswith(name)}
    overall = found.pop(name, None)
    if overall is None or overall >= DOUBTFUL:
        return None
    factor_of = {term.name: term.factor for term in model.terms}
    clear = sorted((value, key.partition(":")[2]) for key, value in found.items() if value is not None)[:2]
    terms = ", ".join(page.labels.term(factor_of.get(term, ""), term) for _, term in clear)
    return page.notice(page.say("answers.not_proportional", terms=terms), kind="careful")


def _diagnostic(page: Page, name: str, value: float | None) -> str:
    if "p_value" in name:
        return page.numbers.p_told(value)
    return page.numbers.number(value, 0 if name == "quadrature_points" else 3)


def _tests(page: Page, found: QuestionResult) -> Markup | None:
    tests = found.tests
    if not tests:
        return None
    words, numbers = page.words, page.numbers
    table = Table(
        caption=words("tests.caption"),
        columns=columns(
            words("asked.factor"),
            words("asked.family"),
            words("tests.terms"),
            words("tests.p"),
            words("tests.adjusted"),
            words_first=2,
        ),
        rows=tuple(
            (
                page.labels.factor(test.factor),
                f"{page.labels.family(test.family)} ({words(f'control.{test.control}')})",
                str(test.terms),
                numbers.p(test.p_value),
                numbers.p(test.adjusted_p_value),
            )
            for test in tests
        ),
        note=words("tests.note"),
    )
    return page.folded(words("tests.caption"), page.table(table))


def _smooth(page: Page, curve: SmoothResult) -> Markup:
    words, numbers = page.words, page.numbers
    caption = words("smooth.caption", factor=page.labels.factor(curve.factor))
    low, high = curve.points[0].value, curve.points[-1].value
    top = max(point.upper or point.risk for point in curve.points)
    series = Series(
        words=words("smooth.line"),
        points=tuple((point.value, point.risk) for point in curve.points),
        band=tuple((point.value, point.lower or 0.0, point.upper or 1.0) for point in curve.points),
    )
    axes = Axes(
        x_label=page.labels.factor(curve.factor),
        y_label=words("smooth.axis"),
        x_words=lambda v: numbers.number(v, 0),
        y_words=lambda v: numbers.share(v, 0),
        x_range=(low, high),
        y_range=(0.0, min(1.0, top * 1.08)),
    )
    named = figures.Named(title=caption, description=words("smooth.description"), identity=page.identity())
    table = Table(
        caption=caption,
        columns=columns(page.labels.factor(curve.factor), words("smooth.axis"), words("answers.interval")),
        rows=tuple(
            (
                numbers.number(point.value, 1),
                numbers.share(point.risk),
                numbers.shares(point.lower, point.upper),
            )
            for point in curve.points
        ),
    )
    lowest = min(curve.points, key=lambda point: point.risk)
    sentence = page.say(
        "smooth.sentence",
        lowest=numbers.number(lowest.value, 0),
        risk=numbers.share(lowest.risk, 0),
        p=numbers.p_told(curve.curved_p_value),
    )
    return join(sentence, page.figure(figures.curves([series], axes, named, stairs=False), caption, table))


def _other_models(page: Page, found: QuestionResult) -> Markup | None:
    """The models after the first, folded: they stand beside it and do not replace it."""
    others = [model for model in found.models[1:] if not model.about]
    if not others:
        return None
    names = bullets([page.words(f"model.{model.model}") for model in others])
    return page.folded(
        page.words("answers.beside"),
        names,
        *(join(el("h4", page.words(f"model.{model.model}")), model_part(page, model)) for model in others),
    )
