"""docs/workup.md, made from workup.toml and from what the rules say of the worked examples."""

from collections.abc import Iterable, Iterator

from gravida.protocol.antiphospholipid import Verdict
from gravida.protocol.antiphospholipid_acr_eular import acr_eular_2023
from gravida.protocol.antiphospholipid_examples import EXAMPLES as ANTIBODY_EXAMPLES
from gravida.protocol.antiphospholipid_sydney import sydney_2006
from gravida.protocol.values import Answer
from gravida.protocol.workup import assess_workup
from gravida.protocol.workup_examples import AS_OF, EXAMPLES
from gravida.protocol.workup_results import WorkupResult
from gravida.protocol.workup_rules import Clause, FindingRule, Profile, Sign, TestRule, Workup

_HOW_TO_READ = """\
# The work-up

Made from `workup.toml` and from the code that reads it; do not edit it by hand.

Each domain of a woman's work-up gets one letter:

| letter | meaning |
| --- | --- |
| A | abnormal: something that counts as a cause |
| P | everything needed is done; something of debated weight was found, which never counts alone |
| N | everything needed is done and normal |
| I | incomplete: begun, and something needed is missing, cannot be read, or waits for a second sample |
| X | nothing done |

Her losses are **explained** where any domain is A; **not assessable** where none is and a domain that the
profile needs is I or X; **partially explained** where all is done and too few losses remain for the
definition once those are set aside whose product had abnormal chromosomes; **unexplained** where enough
remain. What was not done, not told, refused, outdated, or drawn in circumstances that void it is never taken
for normal: each result names it. The class is a proposal; experts who do not see each other's opinion, nor
the immune panel, confirm it. Natural killer cells, regulatory T cells, cytokines and other members of the
immune panel are what the study looks for, so they are never a cause here.
"""

_DECISIONS = """\
## Where sources leave a choice, and what was chosen

- **A result once positive, not repeated.** It is incomplete (I) while a repeat could make it a cause, and
  debated (P) where it could not: under ACR/EULAR 2023 early losses alone stay below three clinical points.
- **Sydney 2006, twelve weeks after the event.** Both tests of the pair keep the twelve weeks: after tests at
  30 and 130 days a repeat is due (A15). The nearest of the two lies within five calendar years of the event.
- **Sydney 2006, one criterion.** IgG once and IgM once, twelve weeks apart, are two occasions of one
  criterion.
- **Sydney 2006, 2c.** Anatomic, hormonal and parental chromosomal causes must have been looked for, as far as
  the profile needs those domains. While they were not, the answer is "cannot tell".
- **ACR/EULAR 2023, losses with abnormal chromosomes.** The criteria forbid counting what has an equally
  likely explanation, so such a loss gives no clinical point (A10).
- **ACR/EULAR 2023, after the event.** The criteria ask for no interval between event and test, so a sample of
  the first twelve weeks after a pregnancy is read; under Sydney 2006 it decides nothing.
- **ACR/EULAR 2023, levels.** They are stated for ELISA. Another assay has a level only where the laboratory
  gave one; in any assay a result up to its 99th percentile is no positive result. A level persists where both
  occasions reach it.
- **A woman who qualifies by implantation failures** has nothing explained by the chromosomes of her losses,
  and neither has one whose losses would be too few in any case: she stays unexplained, with a flag.
- **A raised TSH** needs free T4 of the same day: without it, overt disease is neither shown nor excluded.
"""


def workup_document(workup: Workup) -> str:
    """The whole page, in Markdown. The same work-up gives the same text."""
    parts = [
        _HOW_TO_READ,
        _profiles(workup),
        _DECISIONS,
        _antibody_examples(workup),
        _examples(workup),
        _findings(workup),
        _tests(workup),
        _settings(workup),
        _sources(workup),
    ]
    return "\n".join(part.rstrip("\n") + "\n" for part in parts)


def _table(head: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    lines = [list(head), *([cell.replace("|", "\\|").replace("\n", " ") for cell in row] for row in rows)]
    lines.insert(1, ["---"] * len(lines[0]))
    return "\n".join("| " + " | ".join(line) + " |" for line in lines) + "\n"


def _own_profiles(workup: Workup) -> list[Profile]:
    """Profiles with a list of tests of their own; the others differ by weights or criteria set."""
    found: list[Profile] = []
    for profile in workup.profiles.values():
        if all(profile.needs is not other.needs for other in found):
            found.append(profile)
    return found


def _profiles(workup: Workup) -> str:
    rows = (
        (
            f"`{profile.id}`",
            profile.name.get("en", ""),
            f"`{profile.definition}`",
            profile.criteria_set,
            ", ".join(f"{finding}: {weight.value}" for finding, weight in profile.weights.items()),
            profile.source,
            profile.to_confirm,
        )
        for profile in workup.profiles.values()
    )
    head = (
        "profile",
        "name",
        "definition of loss",
        "antiphospholipid",
        "weights of its own",
        "source",
        "to confirm",
    )
    own = _own_profiles(workup)
    needs = (
        (domain.name.get("en", domain.id), *(_needs(profile, domain.id) for profile in own))
        for domain in workup.domains
    )
    return (
        "## Profiles\n\n"
        + _table(head, rows)
        + "\nTests that each domain needs; a dash: it is not needed, but what is found in it counts.\n\n"
        + _table(("domain", *(f"`{profile.id}`" for profile in own)), needs)
    )


def _needs(profile: Profile, domain: str) -> str:
    if domain not in profile.needs:
        return "–"
    texts = [" or ".join(" and ".join(way) for way in ways) for ways in profile.needs[domain]]
    rule = profile.needed_when_text.get(domain)
    return "; ".join(texts) + (f" (only when {rule})" if rule else "")


def _antibody_examples(workup: Workup) -> str:
    """Antiphospholipid syndrome on worked histories, as the code answers them now."""
    rows = []
    for example in ANTIBODY_EXAMPLES:
        sydney, acr = (
            rule(example.history, example.tests, reading=workup.readings[name])
            for name, rule in (("sydney_2006", sydney_2006), ("acr_eular_2023", acr_eular_2023))
        )
        points = f"{acr.clinical_points} and {acr.laboratory_points}"
        rows.append((example.id, example.told, _told(sydney), _told(acr), points))
    head = ("example", "history", "Sydney 2006", "ACR/EULAR 2023", "clinical and laboratory points")
    return (
        "## Antiphospholipid syndrome: worked examples\n\n"
        "Days count from the last loss, birth or thrombosis. Clinical items that are not told are absent;"
        " antibodies that are not told were not tested, which leaves points open above the lower bound.\n\n"
        + _table(head, rows)
    )


_WORDS = {Answer.YES: "yes", Answer.NO: "no", Answer.UNKNOWN: "cannot tell"}


def _told(verdict: Verdict) -> str:
    """The answer, with the criteria met or the reasons."""
    if verdict.answer is Answer.YES:
        why = ", ".join((*verdict.clinical, *verdict.laboratory))
    else:
        why = ", ".join(reason.value.replace("_", " ") for reason in verdict.reasons)
    return f"{_WORDS[verdict.answer]}: {why}"


def _examples(workup: Workup) -> str:
    """Explained or not, on worked records, as the code answers them now."""
    letters = ", ".join(domain.id for domain in workup.domains)
    rows = [
        _example_row(example.id, example.told, assess_workup(workup, profile, example.record, as_of=AS_OF))
        for example in EXAMPLES
        for profile in (workup.profiles[name] for name in example.profiles if name in workup.profiles)
    ]
    head = (
        "example",
        "record",
        "profile",
        "class",
        "domains",
        "causes, debated, (shown only)",
        "missing, flags",
    )
    return (
        "## Explained or not: worked examples\n\n"
        f"What is not told is done and normal. The domains stand in this order: {letters}.\n\n"
        + _table(head, rows)
    )


def _example_row(identifier: str, told: str, result: WorkupResult) -> tuple[str, ...]:
    missing = [
        f"{' or '.join(need.tests)}: {need.because.value.replace('_', ' ')}"
        + (f", from {need.due}" if need.due else "")
        for need in result.needs
    ]
    return (
        identifier,
        told,
        f"`{result.profile}`",
        result.workup_class.value.replace("_", " "),
        "".join(domain.status.value for domain in result.domains),
        ", ".join((*result.causes, *result.debated, *(f"({finding})" for finding in result.shown))),
        "; ".join((*missing, *(flag.value.replace("_", " ") for flag in result.flags))),
    )


def _findings(workup: Workup) -> str:
    rows = (
        (
            finding.domain,
            finding.name.get("en", ""),
            "; ".join(_clause(clause, workup) for clause in finding.when) + _conditions(finding),
            finding.weight.value,
            _other_weights(finding, workup),
            finding.source,
            finding.to_confirm,
        )
        for finding in workup.findings
    )
    head = ("domain", "finding", "when", "weight", "weight elsewhere", "source", "to confirm")
    return (
        "## Findings\n\nA cause counts alone; a debated finding never does; `adjudicate` is left to experts;"
        " `none` is shown and nothing more.\n\n" + _table(head, rows)
    )


_SIGNS = {
    Sign.ABOVE: "above",
    Sign.AT_LEAST: "at least",
    Sign.BELOW: "below",
    Sign.UP_TO: "up to",
    Sign.ABOVE_LIMIT: "above the laboratory's limit",
    Sign.BELOW_LIMIT: "below the laboratory's limit",
}


def _clause(clause: Clause, workup: Workup) -> str:
    if clause.sign is Sign.CODES:
        return f"{clause.test} is {' or '.join(sorted(clause.codes))}"
    unit = workup.tests[clause.test].unit
    number = "" if clause.number is None else f" {clause.number}" + ("" if unit == "1" else f" {unit}")
    stands_in = clause.sign in (Sign.ABOVE_LIMIT, Sign.BELOW_LIMIT) and number
    return f"{clause.test} {_SIGNS[clause.sign]}" + (f" (without one:{number})" if stands_in else number)


def _conditions(finding: FindingRule) -> str:
    parts = []
    if finding.same_day:
        parts.append("on one day")
    if finding.confirm_after_days:
        parts.append(f"confirmed by a second sample {finding.confirm_after_days} days later")
    if finding.unless_details:
        parts.append(f"unless the formula holds nothing but {', '.join(finding.unless_details)}")
    return "".join(f"; {part}" for part in parts)


def _other_weights(finding: FindingRule, workup: Workup) -> str:
    others = {
        profile.id: profile.weights[finding.id]
        for profile in workup.profiles.values()
        if profile.weights.get(finding.id, finding.weight) is not finding.weight
    }
    return ", ".join(f"{profile}: {weight.value}" for profile, weight in others.items())


def _tests(workup: Workup) -> str:
    rows = (
        (
            f"`{test.id}`",
            test.name.get("en", ""),
            f"`{test.variable}`",
            "" if test.unit == "1" else test.unit,
            "; ".join(_reading(test, workup)),
            test.source,
            test.to_confirm,
        )
        for test in workup.tests.values()
    )
    return "## Tests\n\n" + _table(
        ("test", "name", "variable", "unit", "how it is read", "source", "to confirm"), rows
    )


def _reading(test: TestRule, workup: Workup) -> Iterator[str]:
    if test.normal:
        yield f"normal: {', '.join(sorted(test.normal))}"
    if test.void:
        yield f"void when {', '.join(sorted(one.value.replace('_', ' ') for one in test.void))}"
    if test.void_when:
        yield "void where " + " or ".join(_clause(clause, workup) for clause in test.void_when)
    if test.normal_by:
        yield f"normal only by {', '.join(sorted(test.normal_by))}"
    if test.valid_days is not None:
        yield f"valid for {test.valid_days} days"


def _settings(workup: Workup) -> str:
    rows = []
    for name, reading in workup.readings.items():
        solid, lupus = (
            ", ".join(sorted(one.value.replace("_", " ") for one in found))
            for found in (reading.void, reading.void_for_lupus_anticoagulant)
        )
        levels = "; ".join(
            f"{level.assay} {level.antibody}: moderate from {level.moderate_from}, "
            f"high from {level.high_from} ({level.source})"
            for level in reading.assay_levels
        )
        lowest, highest = reading.percentile_99_between
        rows.append((name, solid, lupus, f"{lowest} to {highest} units", levels or "none given"))
    head = (
        "criteria set",
        "samples that decide nothing",
        "nor for lupus anticoagulant",
        "99th percentile where not told",
        "levels of other assays",
    )
    return (
        "## Antiphospholipid antibodies: what the criteria leave to the centre\n\n"
        + _table(head, rows)
        + f"\nSource: {workup.antiphospholipid_source}."
        + f" To confirm: {workup.antiphospholipid_to_confirm or 'nothing'}.\n"
    )


def _sources(workup: Workup) -> str:
    return "## Sources\n\n" + _table(
        ("source", "reference"), ((source.id, source.text) for source in workup.sources)
    )
