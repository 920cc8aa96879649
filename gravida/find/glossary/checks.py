"""What `gravida check` says of the words that study folders explain."""

from gravida.find.glossary.entries import UnreadableGlossary, read_glossary
from gravida.find.glossary.site_glossary import IN_A_FOLDER, glossary_of
from gravida.find.site_studies import site_studies
from gravida.web.checking import Check


def faults() -> list[str]:
    """A sentence for each mistake in the glossary of a study's folder; the site goes on without that file."""
    found: list[str] = []
    for folder in site_studies().values():
        file = folder.path / IN_A_FOLDER
        if not file.is_file():
            continue
        try:
            read_glossary(file, beside=glossary_of())
        except UnreadableGlossary as unreadable:
            found.extend(f"study {folder.id}: {mistake}" for mistake in unreadable.mistakes)
    return found


CHECKS = (Check(name="glossary", help="words that study folders explain: texts/glossary.toml", run=faults),)
