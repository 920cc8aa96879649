"""Names that the source does not hold (drugs, tests, short forms, proper names) and what never passes."""

import re
from collections.abc import Iterator
from functools import cache

from gravida.find.plain.claims import folded, tokens
from gravida.find.plain.guard_compare import Difference
from gravida.find.plain.guard_source import Source
from gravida.find.plain.tables import table, word_set

_DOMAINS = "com|org|net|info|io|fr|eu|uk|us|gov|edu|biz|app|site|online|link|me|ly|health|co"
NEVER = {
    "email": re.compile(r"[^\s@<>(),;:]{1,64}\s?(?:@|\(at\)|\[at\])\s?[^\s@<>(),;:]{1,200}", re.IGNORECASE),
    "link": re.compile(
        rf"\b(?:https?|ftp|file|javascript|data|mailto|tel):\S*|\bwww\.\S+|//[a-z0-9-]+\.\S+"
        rf"|\b[a-z0-9-]{{2,60}}(?:\.[a-z0-9-]{{1,60}}){{0,4}}\.(?:{_DOMAINS})\b(?:/\S*)?"
        r"|\b[0-9]{1,3}(?:\.[0-9]{1,3}){3}\b",
        re.IGNORECASE,
    ),
    "telephone": re.compile(
        r"\+[0-9][0-9 ().\u00a0\u202f-]{6,}[0-9]|(?<![0-9])0[0-9](?:[ .\u00a0\u202f-]?[0-9]{2}){4}(?![0-9])"
        r"|(?<![0-9-])\(?[0-9]{3}\)?[ .-][0-9]{3}[ .-][0-9]{4}(?![0-9])|(?<![0-9])0800[ 0-9]{5,9}"
        r"|\b(?:call|phone|tel|tél|téléphone\w*|appelez)\b[^0-9]{0,15}[0-9][0-9 .-]{3,}[0-9]",
        re.IGNORECASE,
    ),
    "markup": re.compile(
        r"<\s*/?\s*[a-z!?][^>]{0,200}>?|\[[^\]\n]{1,200}\]\(|```|\{\{|\{%|&#?[a-z0-9]{2,8};|\*\*[^*\n]{1,200}\*\*",
        re.IGNORECASE,
    ),
    "instruction": re.compile(
        r"\b(?:ignore|disregard|forget|override)\b[^.\n]{0,30}\b(?:previous|above|prior|earlier|all|instructions?|rules?)\b"
        r"|\b(?:system|developer) (?:prompt|message)\b|\bas an ai\b|\bai (?:model|assistant)\b"
        r"|\byou are (?:now )?an? (?:ai|assistant|chatbot|bot)\b"
        r"|\b(?:new|following) instructions?\b|\bact as (?:an?|if)\b|\b(?:assistant|system|user)\s*:|<\|"
        r"|\b(?:ignor|oubli)e[rz]?\b[^.\n]{0,30}\b(?:précédent|instructions?|consignes?|règles?|tout)"
        r"|\bnouvelles? (?:instructions?|consignes?)\b|\btu es (?:maintenant )?une? (?:assistant|ia)\b",
        re.IGNORECASE,
    ),
}
_SHORT_FORM = re.compile(r"[A-ZÀ-Ý][A-ZÀ-Ý0-9]+(?:[-‐‑][A-Z0-9]+)*s?|[A-Z]{1,3}-?[0-9]+[A-Za-z]?")
_ROMAN = re.compile(r"[IVX]{1,4}[abABC]?")


def never_allowed(text: str) -> Iterator[Difference]:
    """Links, addresses, telephone numbers, markup and instructions, whatever the source holds."""
    for kind, pattern in NEVER.items():
        for hit in pattern.finditer(text):
            yield Difference(kind=kind, code="not_allowed", start=hit.start(), end=hit.end())


def name_differences(text: str, source: Source) -> Iterator[Difference]:
    """Drugs, tests, short forms and proper names that the source does not hold."""
    yield from _tests(text, source)
    begins = _sentence_begins(text)
    for match in tokens(text):
        kind = _kind(match[0], is_first=match.start() in begins)
        if kind and not _is_known(match[0], source):
            yield Difference(kind=kind, code="not_in_record", start=match.start(), end=match.end())


def _sentence_begins(text: str) -> set[int]:
    """Where a capital tells nothing: the first word, one behind a colon, a quote or an opening bracket."""
    return {found.end() for found in re.finditer(r"(?:^|[:.!?“«\"(–—]\s*)", text)}


def _kind(word: str, *, is_first: bool) -> str:
    """What the word would name; empty for a common word."""
    bare = _bare(word)
    if _is_drug(bare):
        return "drug"
    shape = re.sub(r"^(?:[dljnmtsc]|qu)['’]", "", word, flags=re.IGNORECASE)
    if _ROMAN.fullmatch(shape):
        return ""
    if _SHORT_FORM.fullmatch(shape):
        return "name"
    is_capital = shape[:1].isupper() and len(shape) > 1
    return (
        "name"
        if is_capital and not is_first and bare not in word_set("guard_words", "names", "capital_ok")
        else ""
    )


def _bare(word: str) -> str:
    return re.sub(r"^(?:[dljnmtsc]|qu)['’]", "", word.lower().replace("’", "'"))


@cache
def _drug_end() -> re.Pattern[str]:
    return re.compile(rf"[a-z]{{2,}}(?:{table('guard_words')['names']['drug_ends']})s?")


@cache
def _common() -> frozenset[str]:
    """Common words that end as drugs do."""
    return frozenset(
        [
            "savoir",
            "devoir",
            "avoir",
            "pouvoir",
            "recevoir",
            "vouloir",
            "someone",
            "anyone",
            "alone",
            "phone",
            "everyone",
            "prone",
        ]
    )


def _is_drug(bare: str) -> bool:
    plain = folded(bare)
    if plain in _common() or len(plain) < 6:
        return _drug_key(plain) in _drugs()
    return bool(_drug_end().fullmatch(plain)) or _drug_key(plain) in _drugs()


@cache
def _drugs() -> frozenset[str]:
    return frozenset(map(_drug_key, word_set("guard_words", "names", "drugs")))


def _drug_key(word: str) -> str:
    """One spelling for both languages: aspirin(e), lévothyroxine and levothyroxine."""
    plain = folded(word).replace("ph", "f").replace("th", "t").replace("y", "i").replace("oe", "e")
    return plain.removesuffix("s").removesuffix("e")


@cache
def _pairs() -> dict[str, frozenset[str]]:
    lines = [line.split() for line in table("guard_words")["pairs"]["plain"].strip().splitlines()]
    return {folded(word): frozenset(map(folded, line)) for line in lines for word in line}


def _is_known(word: str, source: Source) -> bool:
    bare = folded(_bare(word))
    alike = {bare, bare.removesuffix("s"), bare + "s", bare.removesuffix("'s")} | _pairs().get(
        bare, frozenset()
    )
    if alike & source.words:
        return True
    parts = [part for part in re.split(r"[-‐‑'’]", bare) if len(part) > 1]
    if len(parts) > 1 and all(part in source.words or not _kind(part, is_first=True) for part in parts):
        return True
    return _drug_key(bare) in _drug_keys(source)


def _drug_keys(source: Source) -> frozenset[str]:
    return frozenset(map(_drug_key, source.words))


@cache
def _test_groups() -> tuple[tuple[re.Pattern[str], re.Pattern[str]], ...]:
    """For each test the words that name it in a text, and all words that name it in a source."""
    lines = table("guard_words")["tests"]["plain"].strip().splitlines()
    return tuple((_any_of(line.partition("|")[0]), _any_of(line.replace("|", ";"))) for line in lines)


def _any_of(ways: str) -> re.Pattern[str]:
    spelled = sorted((folded(way.strip()) for way in ways.split(";")), key=len, reverse=True)
    return re.compile(rf"(?<![a-z0-9])(?:{'|'.join(map(re.escape, spelled))})")


def _tests(text: str, source: Source) -> Iterator[Difference]:
    low = "".join(folded(sign)[:1] or sign for sign in text.replace("’", "'"))
    for said, accepted in _test_groups():
        hit = said.search(low)
        if hit and not accepted.search(source.low_text):
            yield Difference(kind="test", code="not_in_record", start=hit.start(), end=hit.end())
