"""A model over imputed tables, beside its complete cases."""

from gravida.analysis.report.markup import Markup, el, join
from gravida.analysis.report.page import Page, Table, columns
from gravida.analysis.report.results_models import ImputationResult, TermResult


def imputed_part(page: Page, found: ImputationResult) -> Markup:
    """Imputed estimates beside complete cases, with what missing values cost."""
    words, numbers = page.words, page.numbers
    beside = {term.name: term for term in found.complete_cases.terms}
    lacking = {one.name: one.value for one in found.missing_fraction}
    rows = []
    for term in found.pooled.terms:
        if not term.factor:
            continue
        case = beside.get(term.name)
        told = [_ratio_and_interval(page, one) for one in (term, case)]
        rows.append(
            (page.labels.term(term.factor, term.name), *told, numbers.share(lacking.get(term.name), 0))
        )
    table = Table(
        caption=words("imputed.caption"),
        columns=columns(
            words("answers.term"),
            words("imputed.pooled"),
            words("imputed.complete"),
            words("imputed.lacking"),
        ),
        rows=tuple(rows),
        note=words("imputed.note"),
    )
    sentence = page.say(
        "imputed.sentence",
        rows=numbers.count(found.incomplete_rows),
        imputations=str(found.imputations),
        iterations=str(found.iterations),
        complete=numbers.count(found.complete_cases.rows),
    )
    warned = [page.notice(page.say(f"warning.{code}"), kind="careful") for code in found.warnings]
    return join(el("h4", words("imputed.title")), sentence, page.table(table), *warned)


def _ratio_and_interval(page: Page, term: TermResult | None) -> str:
    if term is None:
        return page.numbers.number(None)
    numbers = page.numbers
    value, lower, upper = (numbers.ratio(one) for one in (term.estimate, term.lower, term.upper))
    return f"{numbers.number(value)} ({numbers.interval(lower, upper)})"
