"""How many syllables a word has when it is spoken, in English and French.

Pyphen knows where a word may be hyphenated, which is less: it never cuts off one letter ("a-bout", "an-y")
and leaves short words whole. So its pieces show where two vowels part ("cre-ate"), the vowel groups in each
piece give what it leaves out, and letters that are written but not spoken (a final e, English -ed and -es,
French -es and the -ent of verbs) are taken away. The words this was measured on stand in its test.
"""

import re
import unicodedata
from functools import lru_cache

import pyphen

from gravida.find.plain.sentences import Language
from gravida.find.plain.tables import table, word_set

LONGEST_WORD = (
    60  # signs; what is longer is no word, and is counted by its vowel groups in the first part alone
)
_PATTERNS = {"en": pyphen.Pyphen(lang="en_US"), "fr": pyphen.Pyphen(lang="fr")}
_LETTERS = re.compile(r"[^\W\d_]+")
_EN_VOWELS = re.compile(r"[aeiouy]+")
_EN_SILENT_E = re.compile(r"(?<=[^aeiouy])e$")
_EN_ED = re.compile(r"(?<=[^aeioutd])ed$|(?<=[aeiouy])(?<!i)(?<!e)(?<!cr)ed$")
_EN_ES = re.compile(r"(?<=[^aeiouyscxz])(?<!sh)(?<!ch)(?<!g)es$")
_EN_HIATUS = re.compile(
    r"(?:[^aeioucstg]i(?:a|u)(?!ge)|(?<![aeioucstgxn])io(?!r?n?$)|i[ao]s?$(?<![cstg]i[ao])|eo(?!us|p|n$)|ua(?=[lt])(?<!qua[lt])|[aeo]ing$|ying$|ism$|[bcdfgptv][lr]y[ao]|cien(?=c))"
)
_FR_VOWELS = re.compile(r"[aeiouyàâäæéèêëîïôöœùûü]+")
_FR_MUTE = re.compile(r"(?<=[^aeiouyàâäæéèêëîïôöœùûü])es?$|(?<=[éiuï])es?$|(?<=oi)es?$|(?<=ai)es?$")
_FR_HIATUS = re.compile(
    r"é(?=er)|^dia|(?<=[bcdfgptv][lr])y(?=[ao])|[éï][aàâoôèui]|[aoe][éèï]|[iu][éè](?=[^r]|$)(?<=[bcdfgptv][lr][iu][éè])|(?<=[bcdfgptv][lr])i[aoeé]|o[èaé]|uei|[aeéou]y[aeéo]|ao(?=[^u])"
)
_FR_GLIDE_U = re.compile(r"(?<=[qg])u(?=[aeéèêio])")
_FR_SPOKEN_ENT = word_set("spoken", "spoken_ent")


def syllables(word: str, *, language: Language) -> int:
    """Spoken syllables of a word; of a number or a sign, one for each group of three digits. At least 1."""
    return _counted(word[: LONGEST_WORD * 2], language)


@lru_cache(maxsize=50_000)
def _counted(word: str, language: Language) -> int:
    parts = _LETTERS.findall(unicodedata.normalize("NFC", word).lower())
    if not parts:
        digits = sum(sign.isdigit() for sign in word)
        return max(1, (digits + 2) // 3)
    if word.isupper() and len(parts) == 1 and (len(word) in (2, 3) or not _EN_VOWELS.search(parts[0])):
        return min(len(word), 5)  # said letter by letter: FSH
    count = _english if language == "en" else _french
    return max(
        1, sum(count(part[:LONGEST_WORD]) for part in parts if len(part) > 1 or part not in "dlnjmtsc")
    )


def _pieces(word: str, language: Language) -> list[str]:
    return str(_PATTERNS[language].inserted(word, hyphen="-")).split("-")


_ELIDED = frozenset(("d", "l", "n", "j", "m", "t", "s", "c", "qu"))  # l’étude, qu’elle; patient’s
_EN_KNOWN: dict[str, int] = table("spoken")["english"]
_FR_KNOWN: dict[str, int] = table("spoken")["french"]


def _english(word: str) -> int:
    if word in _EN_KNOWN:
        return _EN_KNOWN[word]
    spoken = _EN_ES.sub("", _EN_ED.sub("", word))
    if spoken == word or not spoken.endswith("e"):
        spoken = _without_silent_e(spoken)
    total, begun = 0, 0
    for piece in _pieces(word, "en"):
        stop = min(begun + len(piece), len(spoken))
        heard = spoken[begun:stop] if stop == len(spoken) else _without_silent_e(piece)
        total += len(_EN_VOWELS.findall(heard)) + len(_EN_HIATUS.findall(heard))
        begun += len(piece)
    return max(1, total)


def _without_silent_e(word: str) -> str:
    """The word without an e that is not spoken, as in "car(e)"; "ta-ble" and "the" keep theirs."""
    if len(word) < 3 or (word.endswith("le") and word[-3] not in "aeiouy"):
        return word
    bare = _EN_SILENT_E.sub("", word)
    return bare if _EN_VOWELS.search(bare) else word


def _french(word: str) -> int:
    if word in _FR_KNOWN:
        return _FR_KNOWN[word]
    spoken = _FR_GLIDE_U.sub("", word)
    if spoken.endswith("ent") and not spoken.endswith("ment") and word not in _FR_SPOKEN_ENT:
        spoken = spoken[:-3] + "e"
    bare = _FR_MUTE.sub("", spoken)
    spoken = bare if _FR_VOWELS.search(bare) else spoken
    pieces = _pieces(spoken, "fr")
    return max(1, sum(len(_FR_VOWELS.findall(piece)) + len(_FR_HIATUS.findall(piece)) for piece in pieces))
