"""The page on definitions, written from definitions.toml, the worked histories and the checks."""

from collections.abc import Iterable, Sequence

from gravida.protocol.consistency_all import CHECKS
from gravida.protocol.consistency_units import unit_check
from gravida.protocol.definitions import Definition, Source, Stance
from gravida.protocol.definitions_counting import Verdict, side_by_side
from gravida.protocol.definitions_examples import EXAMPLE_CHANCES, LOSS_EXAMPLES, TRANSFER_EXAMPLES
from gravida.protocol.definitions_file import CLASSES_WITH_STANCE, Definitions, ImplantationDefinition
from gravida.protocol.definitions_questions import OpenQuestion
from gravida.protocol.implantation import ChanceRange, FailureRule, FailureUnit, implantation_failures, meets
from gravida.protocol.obstetrics_classes import PregnancyClass, history
from gravida.protocol.values import Answer, Convention, GestationalAge

_SIGNS = {Answer.YES: "Y", Answer.NO: "N", Answer.UNKNOWN: "?"}
_CLASS_NAMES = {
    PregnancyClass.MISCARRIAGE: "miscarriage",
    PregnancyClass.BIOCHEMICAL: "biochemical",
    PregnancyClass.PUL_RESOLVED: "unknown location, resolved",
    PregnancyClass.PUL_TREATED: "unknown location, treated",
    PregnancyClass.ECTOPIC: "ectopic",
    PregnancyClass.COMPLETE_MOLE: "complete mole",
    PregnancyClass.PARTIAL_MOLE: "partial mole",
    PregnancyClass.STILLBIRTH: "stillbirth below the limit",
}

_INTRODUCTION = """\
# Definitions of recurrent loss and implantation failure

<!-- Made by `gravida study docs`: change definitions.toml or the code, not this page. -->

Published definitions disagree on most real histories, so all of them run side by side. Each count is an
interval: the fewest and the most losses that the record allows. **Y**: even the fewest are enough. **N**:
even the most are not. **?**: cannot tell, and the program names what would settle it.

## How a history is counted

1. Each pregnancy plays a part: it is a **loss**, it **breaks** a run of losses, or it is **neutral**. A live
   birth breaks a run. So does a stillbirth, unless the definition counts fetal deaths up to a limit beyond 22
   weeks. Terminations and ongoing pregnancies are neutral, and so is every class that the definition does not
   count. A loss of a counted class is a loss before the limit and breaks a run from the limit on.
2. Where the record leaves the class, the age, the partner or the chromosomes open, the pregnancy may play
   several parts. Where the definition itself is silent about a class, such a pregnancy counts or is neutral,
   each one by itself.
3. Fewest losses: each pregnancy breaks a run if it may, or else is neutral if it may. Most losses: each is a
   loss if it may be, or else neutral. Both ends are exact, also where the order of pregnancies is partly
   unknown: the tests compare them with every completion of 21,000 generated histories.
4. Twins lost together are one loss. A vanished twin never makes a birth a loss.
5. Where the age that a definition names (arrest, diagnosis, end) was not recorded, the next later one stands
   in.
6. An age told in weeks of pregnancy counts two weeks more from the last period. In an unknown convention it
   spans both readings; without days it is the whole completed week.

Fields marked *to be confirmed* have not been read in the source by anyone on the project.
"""

_DECISIONS = """\
## Decisions where sources are silent or differ

- **FALCO registry 2017**: "12 weeks of gestation" may mean 12 weeks from the last period or from conception
  (14 weeks of amenorrhoea). The limit spans both, so losses from 12+0 to 13+6 stay open. "Recurrent" may
  or may not ask for losses in a row: both are counted.
- **RCOG 2011**: the guideline asks for consecutive losses; a later review tables it as not asking. We follow
  the guideline.
- **Stillbirth at 22 or 23 weeks**: a stillbirth in France, a loss for ESHRE 2022 and RCOG 2011, whose limit
  is 24 weeks. These two count it; V25 (26 weeks) is the same for all.
- **Renji (28 weeks)** speaks of spontaneous miscarriages: stillbirths are not counted.
- **A miscarriage of unknown age** may have been on either side of any limit, also of 22 and 24 weeks: older
  records and other countries use the word up to there.
- **A product with abnormal chromosomes** is set aside by Sydney 2006 and Renji only. Tissue never examined
  explains nothing; a pending result leaves the count open; one twin with normal chromosomes keeps the loss.
- **No documented test**: for ESHRE, which asks for hCG, a loss never seen on ultrasound that no test showed
  stays open.
- **I05**: one transfer of unknown result leaves the cumulative chance between 0.577 and 0.725. The threshold
  of 0.60 lies between: cannot tell.
"""


def definitions_document(definitions: Definitions) -> str:
    """The whole page, in Markdown. The same definitions give the same text."""
    parts = [
        _INTRODUCTION,
        "## Definitions side by side\n",
        _overview(definitions.losses),
        *(_definition(definition) for definition in definitions.losses),
        "## Worked histories\n\nGestational ages in weeks of amenorrhoea. Y, N or ? with the count.\n",
        _loss_examples(definitions.losses),
        "### What would settle the open answers\n",
        _open_answers(definitions.losses),
        "## Implantation failure\n",
        _implantation(definitions.implantation),
        "Chances used in this table are invented, for the arithmetic alone: "
        + ", ".join(
            f"{row.euploid:.2f} euploid, {row.good:.2f} good, {row.poor:.2f} poor" for row in EXAMPLE_CHANCES
        )
        + ".\n",
        _transfer_examples(definitions.implantation),
        _DECISIONS,
        "## Contradictions inside one record\n",
        _contradictions(),
    ]
    return "\n".join(part.rstrip("\n") + "\n" for part in parts)


def _table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [head, ["---"] * len(head), *([cell.replace("|", "\\|") for cell in row] for row in rows)]
    return "".join("| " + " | ".join(line) + " |\n" for line in lines)


def _limit(before: GestationalAge) -> str:
    if before.convention is Convention.UNKNOWN:
        return f"< {before.min_days // 7} weeks, convention not told"
    return f"< {before}"


def _overview(definitions: Sequence[Definition]) -> str:
    head = [
        "definition",
        "losses",
        "before",
        "age at",
        "in a row",
        *(_CLASS_NAMES[kind] for kind in CLASSES_WITH_STANCE),
    ]
    rows = [
        [
            f"`{row.id}`",
            f">= {row.losses}",
            _limit(row.before),
            row.age_at.value,
            row.consecutive.value,
            *(row.counts[kind].value for kind in CLASSES_WITH_STANCE),
        ]
        for row in definitions
    ]
    return _table(head, rows)


def _definition(definition: Definition) -> str:
    lines = [f"### {definition.id}, version {definition.version}: {definition.name['en']}", ""]
    lines += [definition.source.text, "", f"- Source: {definition.source.reference}"]
    lines += [f"- {text}" for text in _particulars(definition)]
    return "\n".join(lines + _unverified(definition.source))


def _particulars(definition: Definition) -> list[str]:
    silent = [_CLASS_NAMES[kind] for kind in CLASSES_WITH_STANCE if definition.counts[kind] is Stance.SILENT]
    told = [
        (silent, f"Silent about: {', '.join(silent)}"),
        (definition.same_partner, "Losses with one partner only"),
        (definition.excludes_abnormal_chromosomes, "Losses with abnormal chromosomes are set aside"),
        (definition.requires_positive_test, "The pregnancy was shown by hCG in blood or urine"),
        (definition.or_failures, f"Or: {_rule(definition.or_failures)}" if definition.or_failures else ""),
        (definition.also_requires, f"Also asks, beyond counting: {', '.join(definition.also_requires)}"),
    ]
    return [text.replace("_", " ") for applies, text in told if applies]


def _unverified(source: Source) -> list[str]:
    return [f"- *To be confirmed*: {', '.join(source.unverified)}"] if source.unverified else []


_UNITS = {
    FailureUnit.EMBRYO: "good-quality embryos transferred without pregnancy",
    FailureUnit.EUPLOID_EMBRYO: "euploid embryos transferred without pregnancy",
}


def _rule(rule: FailureRule) -> str:
    if rule.unit is FailureUnit.CUMULATIVE_CHANCE:
        return f"cumulative chance above {rule.above_chance}"
    if rule.unit is FailureUnit.TRANSFER:
        held = f" of >= {rule.good_embryos} good-quality embryos" if rule.good_embryos else ""
        return f">= {rule.at_least} failed transfers{held}"
    return f">= {rule.at_least} {_UNITS[rule.unit]}"


def _shown(verdict: Verdict) -> str:
    return f"{_SIGNS[verdict.answer]} {verdict.losses}"


def _loss_examples(definitions: Sequence[Definition]) -> str:
    rows = []
    for example in LOSS_EXAMPLES:
        verdicts = side_by_side(definitions, history(example.pregnancies))
        rows.append([f"{example.id} {example.told}", *map(_shown, verdicts)])
    return _table(["history", *(definition.id for definition in definitions)], rows)


def _open_answers(definitions: Sequence[Definition]) -> str:
    rows = []
    for example in LOSS_EXAMPLES:
        settled: dict[str, list[str]] = {}
        for verdict in side_by_side(definitions, history(example.pregnancies)):
            if verdict.answer is Answer.UNKNOWN:
                questions = "; ".join(map(_question, verdict.open_questions))
                settled.setdefault(questions, []).append(verdict.definition.id)
        rows += [[example.id, ", ".join(names), questions] for questions, names in settled.items()]
    return _table(["history", "definitions", "what would settle it (always, perhaps, or with others)"], rows)


def _question(question: OpenQuestion) -> str:
    where = f"pregnancy {question.pregnancy}: " if question.pregnancy else ""
    return f"{where}{', '.join(item.value for item in question.items)} ({question.settles.value})"


def _implantation(definitions: Sequence[ImplantationDefinition]) -> str:
    rows = [
        [
            f"`{row.id}`",
            _rule(row.rule),
            row.source.reference,
            ", ".join(row.source.unverified) or "-",
        ]
        for row in definitions
    ]
    return _table(["definition", "rule", "source", "to be confirmed"], rows)


def _transfer_examples(definitions: Sequence[ImplantationDefinition]) -> str:
    head = ["history", "any", ">= 1 good", ">= 2 good", "good embryos", "euploid", "chance"]
    rows = []
    for example in TRANSFER_EXAMPLES:
        found = implantation_failures(example.transfers, EXAMPLE_CHANCES)
        counts = (
            found.any_transfer,
            found.good_transfer,
            found.two_good_transfer,
            found.good_embryos,
            found.euploid_embryos,
        )
        answers = [_SIGNS[meets(example.transfers, row.rule, EXAMPLE_CHANCES)] for row in definitions]
        rows.append([f"{example.id} {example.told}", *map(str, counts), _chance(found.chance), *answers])
    return _table([*head, *(row.id for row in definitions)], rows)


def _chance(chance: ChanceRange | None) -> str:
    if chance is None:
        return "-"
    bounds = dict.fromkeys(f"{bound:.3f}" for bound in (chance.lowest, chance.highest))
    return "..".join(bounds)


def _contradictions() -> str:
    checks = sorted((*CHECKS, unit_check({})), key=lambda check: check.code)
    rows = [
        [
            check.code,
            check.severity.value,
            check.about + (" (else the result cannot be interpreted)" if check.spoils_result else ""),
        ]
        for check in checks
    ]
    text = "Hard: the row cannot be completed. Soft: opens a query. List: appears on a work list.\n\n"
    return text + _table(["code", "what it does", "what must be true"], rows)
