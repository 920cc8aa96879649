"""Numbers, denials, joints and turns of a sentence compared with the sentences of its source."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

from gravida.find.plain.claims import Claims, Joint, stems_around
from gravida.find.plain.guard_source import Source, SourceSentence
from gravida.find.plain.quantities import Quantity, guard_words, quantities

ALIKE, MUCH_ALIKE, NEARLY_THE_SAME = (
    0.45,
    0.6,
    0.72,
)  # share of a sentence's words that the source sentence holds
_SAME = 0.9, 0.75  # shares of either's words that the other holds
CLOSE_BEHIND = 0.16  # how much less alike a source sentence may be and still count beside the nearest


@dataclass(frozen=True, kw_only=True)
class Difference:
    """What differs, where in the sentence, and the source sentence to show; "" shows the nearest."""

    kind: str
    code: str
    start: int
    end: int
    beside: str = ""


@dataclass(frozen=True, kw_only=True)
class Nearness:
    """The source sentences nearest to one sentence, nearest first, each with the share of words it holds."""

    ranked: tuple[tuple[float, SourceSentence], ...]
    same: tuple[SourceSentence, ...] = ()  # those that say almost the same words and no others
    fields: tuple[SourceSentence, ...] = ()  # all that fields say

    @property
    def best(self) -> float:
        return self.ranked[0][0] if self.ranked else 0.0

    @property
    def nearest(self) -> str:
        return self.ranked[0][1].text if self.ranked and self.best > 0 else ""

    def close(self, *, at_least: float = ALIKE) -> list[SourceSentence]:
        """Those about as near as the nearest, none when nothing is alike enough."""
        if self.best < at_least:
            return []
        return [one for share, one in self.ranked if share >= self.best - CLOSE_BEHIND]


def nearness(claims: Claims, source: Source) -> Nearness:
    """Ranked by the share of the sentence's words they hold, then by how little else they say."""
    mine = claims.stems
    if not mine:
        return Nearness(ranked=())
    shares = []
    for place, one in enumerate(source.sentences):
        common = len(mine & one.claims.stems)
        if common:
            share = common / len(mine)
            other = common / max(len(one.claims.stems), 1)
            shares.append((share, other, -place, one))
    shares.sort(key=lambda row: row[:3], reverse=True)
    ranked = tuple((share, one) for share, _other, _place, one in islice(shares, 40))
    same = tuple(one for share, other, _place, one in shares[:40] if share >= _SAME[0] and other >= _SAME[1])
    return Nearness(ranked=ranked, same=same, fields=tuple(one for one in source.sentences if one.is_field))


def number_differences(text: str, claims: Claims, near: Nearness, source: Source) -> Iterator[Difference]:
    """Numbers that no related sentence of the source holds with the same unit and comparison."""
    for one in quantities(text):
        related = _related(claims, near, source)
        if one.unit in ("month", "day") and one.comparison in ("ge", "le"):
            related += near.fields  # the ages
        if _is_told(one, text, related):
            continue
        kind, code, beside = _why(one, related, source)
        yield Difference(kind=kind, code=code, start=one.start, end=one.end, beside=beside)


def _is_told(mine: Quantity, text: str, related: Sequence[SourceSentence]) -> bool:
    """Whether the source says this number; of several places the one beside the same words counts."""
    told = [
        (theirs, sentence) for sentence in related for theirs in sentence.quantities if _is_same(mine, theirs)
    ]
    around = stems_around(text, mine.start, mine.end)
    fields = [(theirs, one) for theirs, one in told if one.is_field and _compares_alike(mine, theirs)]
    if any(mine.comparison or around & one.stems_around(theirs) for theirs, one in fields):
        return True
    shared = [len(around & sentence.stems_around(theirs)) for theirs, sentence in told]
    best = max(shared, default=0)
    nearest = [theirs for (theirs, _sentence), many in zip(told, shared, strict=True) if many == best]
    return any(_compares_alike(mine, theirs) for theirs in nearest)


def _related(claims: Claims, near: Nearness, source: Source) -> list[SourceSentence]:
    """Where a number of this sentence may come from."""
    if near.best >= NEARLY_THE_SAME and len(claims.stems) >= 4:
        close = [one for share, one in near.ranked if share >= near.best - CLOSE_BEHIND]
        return close + [one for one in near.fields if claims.stems & one.claims.stems]
    if not claims.stems:
        return list(source.sentences)
    return [one for one in source.sentences if claims.stems & one.claims.stems]


def _is_same(mine: Quantity, theirs: Quantity) -> bool:
    """The same number of the same thing, however compared; more than 2 losses are at least 3."""
    if mine.unit != theirs.unit:
        return False
    return mine.value == theirs.value or _is_next(mine, theirs)


def _is_next(mine: Quantity, theirs: Quantity) -> bool:
    counts = not mine.unit and mine.value.denominator == theirs.value.denominator == 1
    pairs = {("ge", "gt"): 1, ("gt", "ge"): -1, ("le", "lt"): -1, ("lt", "le"): 1}
    step = pairs.get((mine.comparison, theirs.comparison))
    return counts and step is not None and mine.value - theirs.value == step


def _compares_alike(mine: Quantity, theirs: Quantity) -> bool:
    if mine.value != theirs.value:
        return True
    alike = {frozenset(("before", "lt")), frozenset(("after", "gt")), frozenset(("after", ""))}
    return mine.comparison == theirs.comparison or frozenset((mine.comparison, theirs.comparison)) in alike


def _why(mine: Quantity, related: Sequence[SourceSentence], source: Source) -> tuple[str, str, str]:
    """Kind, code and source sentence: compared otherwise, measured otherwise, or not there."""
    for sentence in (*related, *source.sentences):
        for theirs in sentence.quantities:
            if theirs.value == mine.value and theirs.unit == mine.unit and sentence in related:
                return "comparison", "compared_otherwise", sentence.text
    for sentence in related:
        for theirs in sentence.quantities:
            is_other_unit = theirs.written_unit != mine.written_unit and theirs.unit and mine.unit
            if _bare(theirs) == _bare(mine) and is_other_unit:
                return "unit", "other_unit", sentence.text
    kind = "age" if mine.is_years else "number"
    return kind, "not_in_record", ""


def _bare(one: Quantity) -> object:
    factor = {"year": 12, "week": 7, "g": 1000}.get(one.written_unit, 1)
    return one.value / factor


def denial_differences(mine: Claims, near: Nearness) -> Iterator[Difference]:
    """What is denied here and not in the source, or there and not here."""
    close = near.close()
    if not close:
        return
    for denial in mine.denials:
        known = [one for one in denial.stems[:3] if any(one in sentence.claims.stems for sentence in close)]
        if not known or any(known[0] in denied(sentence.claims) for sentence in close):
            continue
        # "You did not take heparin" tells the exclusion "Use of heparin" rightly.
        rules_out = any(known[0] in sentence.claims.stems for sentence in close if sentence.is_exclusion)
        if near.same or not rules_out:
            yield Difference(kind="negation", code="denied_only_here", start=denial.start, end=denial.end)
    close = near.close(at_least=MUCH_ALIKE) if len(mine.stems) >= 3 or near.best == 1 else []
    if close and all(_denied_only_there(mine, sentence) for sentence in close):
        yield Difference(kind="negation", code="denied_only_in_record", start=0, end=0, beside=close[0].text)


def denied(claims: Claims) -> frozenset[str]:
    """Every stem within reach of a denial."""
    return frozenset(stem for one in claims.denials for stem in one.stems)


def _denied_only_there(mine: Claims, theirs: SourceSentence) -> bool:
    """Whether the source denies first what this sentence says without denying."""
    if len(mine.stems & theirs.claims.stems) < MUCH_ALIKE * len(theirs.claims.stems):
        return False
    here = denied(mine)
    for denial in theirs.claims.denials:
        first = denial.stems[:1]
        if first and first[0] in mine.stems and first[0] not in here:
            others = [other for other in theirs.claims.denials if other is not denial]
            if len(mine.denials) <= len(others):
                return True
    return False


def joint_differences(mine: Claims, near: Nearness) -> Iterator[Difference]:
    """ "and" where the source says "or" between the same words, and the other way round."""
    close = near.close(at_least=MUCH_ALIKE)
    near_or_told = near.same or ((*close, *near.fields) if close else ())
    for joint in mine.joints:
        theirs_and_where = ((theirs, one) for one in near_or_told for theirs in one.claims.joints)
        same = [(theirs, one) for theirs, one in theirs_and_where if _joins_the_same(joint, theirs)]
        if same and all(theirs.kind != joint.kind for theirs, _one in same):
            beside = same[0][1].text
            yield Difference(
                kind="and_or", code="joined_otherwise", start=joint.start, end=joint.end, beside=beside
            )


def _joins_the_same(mine: Joint, theirs: Joint) -> bool:
    straight = mine.left & theirs.left and mine.right & theirs.right
    crossed = mine.left & theirs.right and mine.right & theirs.left
    return bool(straight or crossed)


def turn_differences(mine: Claims, near: Nearness) -> Iterator[Difference]:
    """ "after" where the source says "before" beside the same words, "more" for "less" and so on."""
    opposites = guard_words()["opposites"]
    close = near.close()
    for turn in mine.turns:
        theirs = [(other, one) for one in close for other in one.claims.turns if other.beside & turn.beside]
        told = (other for one in near.fields for other in one.claims.turns if other.beside & turn.beside)
        has_same = any(other.kind == turn.kind for other in (*(other for other, _one in theirs), *told))
        against = [one for other, one in theirs if other.kind == opposites[turn.kind]]
        if against and not has_same:
            yield Difference(
                kind="direction", code="turned_round", start=turn.start, end=turn.end, beside=against[0].text
            )
