"""Overviews of studies that nobody has written about, put together by rules, shown where nothing is amiss.

Made once for each record version and language in a process, then remembered: the page waits for it once.
"""

from collections import OrderedDict

from gravida.find.models import Study
from gravida.find.overviews.judging import Sources, judge
from gravida.find.overviews.models_texts import Generation
from gravida.find.overviews.provenance import Provenance
from gravida.find.overviews.reads import Overview
from gravida.find.overviews.recipes import by_rules
from gravida.find.overviews.sections import IN_SHORT, LANGUAGES, MOST_WORDS_IN_SHORT, known_language, words_in
from gravida.find.overviews.sources import sources_of
from gravida.find.plain.sentences import Language

REMEMBERED = 2048  # record versions and languages; some 2 kB each
_known: OrderedDict[tuple[str, str], dict[str, str]] = OrderedDict()


def automatic_overview(study: Study, *, language: str) -> Overview | None:
    """The words that rules make of the record (needs `with_record`); None where they may not be shown."""
    version = study.current_version
    if version is None or language not in LANGUAGES:
        return None
    texts = _remembered(study, version.sha256, known_language(language))
    if not texts:
        return None
    return Overview(
        study=study.number,
        language=language,
        sections=texts,
        provenance=Provenance(
            writer=Generation.Writer.RULES,
            made_at=version.fetched_at,
            record_day=study.updated_on,
            record_fetched_at=version.fetched_at,
        ),
    )


def _remembered(study: Study, sha256: str, language: Language) -> dict[str, str]:
    """Sections by code; none where they may not be shown."""
    key = (sha256, language)
    if (known := _known.get(key)) is not None:
        return known
    texts = showable(sources_of(study), language=language)
    _known[key] = texts
    if len(_known) > REMEMBERED:
        _known.popitem(last=False)
    return texts


def showable(sources: Sources, *, language: Language) -> dict[str, str]:
    """The sections that may be shown without a reader: none at all unless all of them are clean and easy."""
    _, texts = by_rules(sources.record, language)
    judgement = judge(texts, language=language, sources=sources)
    is_short = words_in(texts.get(IN_SHORT, "")) <= MOST_WORDS_IN_SHORT
    return texts if is_short and judgement.is_easy and not judgement.findings else {}
