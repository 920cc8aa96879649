"""What a record is about and what is given: in plain words where a table has them, else as it says."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from itertools import islice

from gravida.find.plain.sentences import Language
from gravida.find.plain.tables import table, word_set
from gravida.find.record import Intervention, StudyRecord

LANGUAGES: tuple[Language, ...] = ("en", "fr")
_SURE = 8  # signs of a name that stands for nothing else in a title
LONGEST_NAME = 48  # signs of a name that a plain sentence can carry
AT_MOST = 3  # conditions or interventions named in one sentence
_PARENTHESIS = re.compile(r"\s*[(\[][^()\[\]]{0,80}[)\]]")
_STAGE = re.compile(
    r"^(?:(?:stage|grade) (?:[0-9]|i{1,3}|iv)[abc]? |adult |childhood |untreated |primary |advanced )+"
)
_UNPLAIN = re.compile(r"[:;<>=@#|{}]|[0-9]{3}|\bper protocol\b|https?|www\.")


@dataclass(frozen=True, kw_only=True)
class Name:
    """A name as a sentence says it."""

    text: str
    is_plain: bool  # from our table; else as the record says it
    is_neutral: bool = False  # nothing to treat, prevent or find, as "pregnancy"


@cache
def _plain(of: str) -> dict[str, tuple[str, str]]:
    rows = (line.lstrip("~ ").split(" = ") for line in table(of)["plain"].strip().splitlines())
    return {key.strip(): (en.strip(), fr.strip()) for keys, en, fr in rows for key in keys.split(";")}


@cache
def _neutral() -> frozenset[str]:
    lines = table("conditions")["plain"].strip().splitlines()
    return frozenset(line.split(" = ")[1] for line in lines if line.startswith("~"))


def condition_names(record: StudyRecord, language: Language) -> list[Name]:
    """Up to AT_MOST conditions, those with plain words first; each thing once."""
    return _chosen(all_conditions(record, language))


def more_conditions(record: StudyRecord, language: Language) -> bool:
    """Whether the record names more conditions with plain words than two."""
    return len({name.text for name in all_conditions(record, language) if name.is_plain}) > 2


def all_conditions(record: StudyRecord, language: Language) -> list[Name]:
    """Every condition that a plain sentence can carry; where none is given, one that the title names."""
    found = [name for one in record.conditions if (name := _condition(one, language))]
    return found or _in_title(record, language)


def _in_title(record: StudyRecord, language: Language) -> list[Name]:
    """The longest name of our table that stands in the titles."""
    titles = " ".join(f"{record.brief_title} {record.official_title}".lower().replace("’", "'").split())
    known = [key for key in _plain("conditions") if len(key) >= _SURE and key in titles]
    whole = (
        key for key in sorted(known, key=len, reverse=True) if re.search(rf"\b{re.escape(key)}\b", titles)
    )
    return [name for key in islice(whole, 1) if (name := _condition(key, language))]


def all_interventions(record: StudyRecord, language: Language) -> list[Name]:
    """Everything given or done that a plain sentence can carry."""
    return [name for one in record.interventions if (name := _intervention(one, language))]


def _chosen(found: Iterable[Name]) -> list[Name]:
    names: dict[str, Name] = {}
    for name in found:
        names.setdefault(name.text.lower(), name)
    plain = [name for name in names.values() if name.is_plain]
    return (plain or list(names.values()))[:AT_MOST]


def _condition(written: str, language: Language) -> Name | None:
    key = " ".join(written.lower().replace("’", "'").split())
    plain = _plain("conditions")
    bare = _PARENTHESIS.sub("", key).strip()
    place = 0 if language == "en" else 1
    for candidate in (key, bare, _STAGE.sub("", bare)):
        if candidate in plain:
            is_neutral = plain[candidate][0] in _neutral()
            return Name(text=plain[candidate][place], is_plain=True, is_neutral=is_neutral)
    stem = _STAGE.sub("", bare)
    modifier, _space, rest = stem.partition(" ")
    rest = _STAGE.sub("", rest)
    said = table("conditions")["modifiers"][language]
    if modifier in said and rest in plain and "," not in plain[rest][place]:
        return Name(text=f"{plain[rest][place]} {said[modifier]}", is_plain=True)
    return _as_written(written)


def _as_written(written: str) -> Name | None:
    """The record's own name, turned to its natural order and small letters; None where it is too hard."""
    text = _PARENTHESIS.sub("", written).strip(" .,")
    head, comma, tail = text.partition(", ")
    if comma and "," not in tail and len(tail.split()) <= 2 and " and " not in text:
        text = f"{tail} {head}"
    if not text or len(text) > LONGEST_NAME or _UNPLAIN.search(text):
        return None
    return Name(text=" ".join(_small(word) for word in text.split()), is_plain=False)


def _small(word: str) -> str:
    """A word in small letters unless it is a name or an abbreviation; parts joined by hyphens each."""
    return "-".join(_small_part(part) for part in word.split("-"))


def _small_part(word: str) -> str:
    bare = re.split(r"['’]", word)[0]
    is_name = bare in word_set("conditions", "proper") or word.endswith(("'s", "’s"))
    is_short_form = any(sign.isupper() for sign in word[1:]) or any(sign.isdigit() for sign in word)
    return word if is_name or is_short_form or len(word) == 1 else word.lower()


def intervention_names(record: StudyRecord, language: Language) -> list[Name]:
    """Up to AT_MOST things that are given or done, placebo apart, each once."""
    return _chosen_interventions(all_interventions(record, language))


def _chosen_interventions(found: Iterable[Name]) -> list[Name]:
    names: dict[str, Name] = {}
    for name in found:
        if "placebo" not in name.text.lower():
            names.setdefault(name.text.lower(), name)
    return list(names.values())[:AT_MOST]


def count_of_interventions(record: StudyRecord) -> int:
    """How many different things are given or done, placebo apart."""
    return len({one.name.lower() for one in record.interventions if "placebo" not in one.name.lower()})


def _intervention(one: Intervention, language: Language) -> Name | None:
    key = " ".join(one.name.lower().replace("’", "'").split())
    plain = _plain("interventions")
    bare = _PARENTHESIS.sub("", key).strip()
    for candidate in (key, bare):
        if candidate in plain:
            return Name(text=plain[candidate][0 if language == "en" else 1], is_plain=True)
    words = _PARENTHESIS.sub("", one.name).strip(" .,").split()
    salts = word_set("interventions", "salts")
    while len(words) > 1 and (words[-1].lower() in salts or words[-1].replace(".", "").isdigit()):
        words.pop()
    text = " ".join(_small(word) for word in words)
    if text.lower().startswith(("no ", "without ")):
        return None  # a list would read as a denial
    if not text or len(text) > LONGEST_NAME or len(words) > 5 or _UNPLAIN.search(text) or "," in text:
        return None
    return Name(text=text, is_plain=False)


def without_parenthesis(text: str) -> str:
    """A name without what stands in brackets: "National Cancer Institute (NCI)"."""
    return _PARENTHESIS.sub("", text).strip(" .,")


def kind_words(record: StudyRecord, language: Language, *, many: bool) -> str:
    """ "the drug", "les médicaments"; empty where several kinds are tested together."""
    kinds = {one.kind for one in record.interventions if "placebo" not in one.name.lower()}
    if len(kinds) != 1:
        return ""
    kind = next(iter(kinds))
    names = [one.name.lower() for one in record.interventions]
    if kind == "BIOLOGICAL" and all("vaccin" in name for name in names):
        kind = "VACCINE"
    words: dict[str, list[str]] = table("interventions")["kinds"][language]
    return words[kind][many] if kind in words else ""


def countries(record: StudyRecord) -> list[str]:
    """The countries of the study's places, each once, in the record's order."""
    return list(dict.fromkeys(location.country for location in record.locations if location.country))


def country(name: str, language: Language) -> str:
    """English name, or French name with its preposition; as the record says where the table has it not."""
    known = _countries().get(name)
    if known:
        return known[0 if language == "en" else 1]
    return name if language == "en" else f"dans le pays «\u00a0{name}\u00a0»"


@cache
def _countries() -> dict[str, tuple[str, str]]:
    rows = (line.split(" = ") for line in table("countries")["plain"].strip().splitlines())
    return {key: (en, fr) for key, en, fr in rows}
