"""The opening of a report: what it is, the results in short, and what was asked before anybody looked."""

from gravida.analysis.report.markup import Markup, el, join
from gravida.analysis.report.page import Page, Table, bullets, columns
from gravida.analysis.report.results import QuestionResult
from gravida.analysis.report.results_models import CurveResult, RiskResult
from gravida.protocol.plan import Plan, Question

MOST_SENTENCES = 3


def header(page: Page) -> Markup:
    """Title, plan, data and hashes."""
    identity, words = page.results.identity, page.words
    facts = (
        ("header.plan", f"{identity.plan}, {words('header.version', number=str(identity.plan_version))}"),
        ("header.status", words.code("status", identity.plan_status)),
        ("header.plan_hash", identity.plan_hash),
        ("header.data_hash", identity.data_hash),
        ("header.program", f"Gravida {identity.program}"),
    )
    draft = identity.plan_status != "signed"
    return el(
        "header",
        el("p", "Gravida", class_="brand"),
        el("h1", words("header.title", plan=identity.plan)),
        el("p", page.labels.text(page.labels.plan.population.text), class_="lead"),
        el("dl", *(join(el("dt", words(key)), el("dd", told)) for key, told in facts), class_="facts"),
        page.notice(page.say("header.draft"), kind="careful") if draft else None,
    )


def in_short(page: Page) -> Markup:
    """The results in a few sentences, each with its numbers."""
    found = [_who(page), *_risk_sentences(page), *_curve_sentences(page), *_prognosis_sentences(page)]
    return page.section("short", bullets(found), page.notice(page.say("short.no_cause")))


def _who(page: Page) -> str:
    described, numbers = page.results.described, page.numbers
    return page.words(
        "short.who", pregnancies=numbers.count(described.pregnancies), women=numbers.count(described.women)
    )


def _risk_sentences(page: Page) -> list[str]:
    """The clearest contrasts of the first question with risks, in natural frequencies."""
    for question in page.results.questions:
        if question.risks:
            return [*_overall(page, question), *risk_sentences(page, question)]
    return []


def _overall(page: Page, question: QuestionResult) -> list[str]:
    model = next((one for one in question.models if one.terms and isinstance(one.events, int)), None)
    if model is None or not isinstance(model.events, int):
        return []
    numbers = page.numbers
    return [
        page.words(
            "short.overall",
            outcome=page.labels.outcome(question.outcome),
            share=numbers.share(model.events / model.rows),
            rows=numbers.count(model.rows),
            events=numbers.count(model.events),
        )
    ]


def risk_sentences(page: Page, question: QuestionResult) -> list[str]:
    """For each factor whose largest contrast is clear of none: of 100 pregnancies, so many and so many."""
    found = []
    for factor in dict.fromkeys(risk.factor for risk in question.risks):
        mine = [risk for risk in question.risks if risk.factor == factor and risk.difference is not None]
        largest = max(mine, key=_size, default=None)
        if largest is not None and (largest.difference_lower or 0) * (largest.difference_upper or 0) > 0:
            found.append(largest)
    chosen = sorted(found, key=_size, reverse=True)[:MOST_SENTENCES]
    return [_risk_sentence(page, risk, question.outcome) for risk in chosen]


def _size(risk: RiskResult) -> float:
    return abs(risk.difference or 0.0)


def _risk_sentence(page: Page, risk: RiskResult, outcome: str) -> str:
    """Of 100 pregnancies, so many with the level and so many with its reference."""
    numbers, labels = page.numbers, page.labels
    more = (risk.difference or 0.0) > 0
    ends = [100 * abs(end or 0.0) for end in (risk.difference_lower, risk.difference_upper)]
    reference = f"“{risk.reference}”" if risk.reference else page.words("term.reference")
    return page.words(
        "short.risk_more" if more else "short.risk_fewer",
        factor=labels.factor(risk.factor),
        level=risk.level if risk.reference else labels.level(risk.factor, risk.level),
        reference=reference,
        outcome=labels.outcome(outcome),
        risk=numbers.number(100 * (risk.risk or 0.0), 0),
        other=numbers.number(100 * (risk.reference_risk or 0.0), 0),
        difference=numbers.number(100 * abs(risk.difference or 0.0), 0),
        interval=numbers.interval(min(ends), max(ends), 0),
    )


def _curve_sentences(page: Page) -> list[str]:
    return [
        _curve_sentence(page, curve, question.curves)
        for question in page.results.questions
        for curve in question.curves
        if curve.version == "with_entry" and curve.outcome == question.outcome and curve.points
    ]


def _curve_sentence(page: Page, curve: CurveResult, others: tuple[CurveResult, ...]) -> str:
    last, numbers = curve.points[-1], page.numbers
    ignored = next(
        (one for one in others if one.version == "entry_ignored" and one.group == curve.group and one.points),
        None,
    )
    key = "short.curve" if ignored is None else "short.curve_and_ignored"
    group = page.words("curve.group", group=curve.group) if curve.group else ""
    return page.words(
        key,
        outcome=page.labels.outcome(curve.outcome),
        group=group,
        when=page.words(f"curve.{curve.time_unit}", number=numbers.number(last.week, 0)),
        share=numbers.share(last.incidence),
        interval=numbers.shares(last.lower, last.upper),
        ignored=numbers.share(ignored.points[-1].incidence if ignored else None),
    )


def _prognosis_sentences(page: Page) -> list[str]:
    found = []
    for question in page.results.questions:
        for one in question.predictions:
            c = next(measure for measure in one.measures if measure.name == "c_statistic")
            slope = next(measure for measure in one.measures if measure.name == "slope")
            found.append(
                page.words(
                    "short.prognosis",
                    question=page.labels.question(question.id),
                    apparent=page.numbers.number(c.apparent, 3),
                    corrected=page.numbers.number(c.corrected, 3),
                    slope=page.numbers.number(slope.corrected, 2),
                )
            )
    return found


def asked(page: Page) -> Markup:
    """The plan in words: whom it takes, from when, which questions, outcomes and factors."""
    plan, words, labels = page.labels.plan, page.words, page.labels
    return page.section(
        "asked",
        page.say("asked.frozen", hash=page.results.identity.plan_hash),
        el(
            "dl",
            el("dt", words("asked.population")),
            el("dd", labels.text(plan.population.text)),
            el("dt", words("asked.index")),
            el("dd", labels.text(plan.index_event.text)),
            class_="facts",
        ),
        page.table(_questions(page, plan)),
        page.table(_outcomes(page, plan)),
        page.table(_factors(page, plan)) if plan.factors else None,
    )


def _questions(page: Page, plan: Plan) -> Table:
    words = page.words
    return Table(
        caption=words("asked.questions"),
        columns=columns(
            words("asked.question"), words("asked.outcome"), words("asked.models"), words_first=3
        ),
        rows=tuple(
            (page.labels.text(question.name), page.labels.outcome(question.outcome), _models(page, question))
            for question in plan.questions
        ),
    )


def _models(page: Page, question: Question) -> str:
    return "; ".join(page.words(f"model.{model}") for model in question.models)


def _outcomes(page: Page, plan: Plan) -> Table:
    words = page.words
    return Table(
        caption=words("asked.outcomes"),
        columns=columns(words("asked.outcome"), words("asked.rule"), words("asked.competing"), words_first=3),
        rows=tuple(
            (
                page.labels.text(outcome.name),
                outcome.event_text,
                ", ".join(page.labels.outcome(id_) for id_ in outcome.competing) or "–",
            )
            for outcome in plan.outcomes
        ),
    )


def _factors(page: Page, plan: Plan) -> Table:
    words = page.words
    return Table(
        caption=words("asked.factors"),
        columns=columns(
            words("asked.factor"),
            words("asked.family"),
            words("asked.timing"),
            words("asked.held_equal"),
            words_first=4,
        ),
        rows=tuple(
            (
                page.labels.text(factor.name),
                page.labels.family(factor.family),
                words(f"timing.{factor.timing}") if factor.timing else "–",
                ", ".join(page.labels.factor(id_) for id_ in factor.adjust_for) or "–",
            )
            for factor in plan.factors
        ),
        note=words("asked.held_equal_note"),
    )


def contents(page: Page) -> Markup:
    """The list of sections; written last, shown first."""
    links = [el("a", title, href=f"#{identity}") for identity, title in page.sections]
    return el(
        "nav",
        el("h2", page.words("frame.contents"), id="contents"),
        el("ol", *(el("li", one) for one in links)),
        aria_labelledby="contents",
    )
