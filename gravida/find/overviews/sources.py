"""What the words of a study are compared with: its record, and what its folder says in approved words."""

from collections.abc import Iterator

from gravida.find.models import Study
from gravida.find.overviews.judging import Sources
from gravida.find.plain.lexicon import lexicon_of, product_lexicon
from gravida.find.site_studies import site_studies
from gravida.protocol.criteria import Texts
from gravida.protocol.study import StudyFolder


def sources_of(study: Study) -> Sources:
    """The sources of a study (needs `with_record`). UnreadableLexicon for a folder's list of words."""
    folder = site_studies().get(study.number)
    return Sources(
        record=study.record,
        also=tuple(_approved(folder)) if folder else (),
        lexicon=lexicon_of(folder.path) if folder else product_lexicon(),
    )


def _approved(folder: StudyFolder) -> Iterator[str]:
    """Texts of the folder that visitors read, in every language."""
    for texts in _texts(folder):
        yield from texts.values()


def _texts(folder: StudyFolder) -> Iterator[Texts]:
    yield folder.title
    for criterion in folder.criteria.criteria:
        yield criterion.text
        yield from (part.text for part in criterion.parts)
    for fact in folder.criteria.facts:
        yield fact.question
        yield fact.help
    use = folder.data_use
    yield from (use.controller, use.purpose, use.recipients, use.rights)
