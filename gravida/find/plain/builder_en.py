"""The English sentences of a built overview, each from fields of the record."""

from collections.abc import Iterator

from gravida.find.plain import naming, phrasing
from gravida.find.plain.naming import Name
from gravida.find.plain.said import Said, easy_measure, easy_reason, easy_sentence, main_time_frame
from gravida.find.plain.study_facts import People, State, StudyFacts, facts_of
from gravida.find.record import StudyRecord

_STATUS = {
    "RECRUITING": "It is open: the team is looking for people to take part.",
    "NOT_YET_RECRUITING": "It is not open yet.",
    "ENROLLING_BY_INVITATION": "It takes people by invitation only.",
    "ACTIVE_NOT_RECRUITING": "It is still going on, but takes nobody new.",
    "COMPLETED": "It is finished.",
    "SUSPENDED": "It is on hold.",
    "TERMINATED": "It stopped early.",
    "WITHDRAWN": "It was called off before it began.",
    "UNKNOWN": "The registry does not know if it is still open.",
    "AVAILABLE": "Access is open.",
    "NO_LONGER_AVAILABLE": "Access is closed.",
    "TEMPORARILY_NOT_AVAILABLE": "Access is on hold.",
    "APPROVED_FOR_MARKETING": "The treatment is now approved.",
}
_PHASES = {  # what the study is, and what it looks at
    ("EARLY_PHASE1",): ("a very early test in a few people", ""),
    ("PHASE1",): ("an early test (phase 1)", "above all at safety"),
    ("PHASE1", "PHASE2"): ("an early test (phases 1 and 2)", "at safety and at first effects"),
    ("PHASE2",): ("a phase 2 study", "at whether the treatment works and is safe"),
    ("PHASE2", "PHASE3"): ("a phase 2 and 3 study", "at how well the treatment works"),
    ("PHASE3",): ("a phase 3 study", "at how well it works in many people"),
    ("PHASE4",): ("a phase 4 study", "at a treatment that is already in use"),
}
_PURPOSE = {  # with conditions that one can treat or prevent
    "TREATMENT": "This study {tests} {thing} for {about}.",
    "PREVENTION": "This study {tests} a way to prevent {about}.",
    "DIAGNOSTIC": "This study {tests} a way to find {about}.",
    "SCREENING": "This study {tests} a way to find {about} early.",
    "SUPPORTIVE_CARE": "This study {tests} a way to help people with {about}.",
    "HEALTH_SERVICES_RESEARCH": "This study {looks} at how care is given for {about}.",
}
_THINGS = {
    "DRUG": ("a drug", "drugs"), "PROCEDURE": ("a procedure", "procedures"),
    "DEVICE": ("a device", "devices"), "BEHAVIORAL": ("a program", "programs"),
    "RADIATION": ("radiation", "radiation"),
    "DIETARY_SUPPLEMENT": ("a food supplement", "food supplements"),
}  # fmt: skip
_CLOSED = {
    "WITHDRAWN": "Nobody can join this study.",
    "SUSPENDED": "Nobody new can join while it is on hold.",
    "TEMPORARILY_NOT_AVAILABLE": "Nobody new can join while it is on hold.",
}
_YOU = {
    People.WOMEN: "you are a woman",
    People.MEN: "you are a man",
    People.WOMEN_AND_GIRLS: "you are a woman or a girl",
    People.MEN_AND_BOYS: "you are a man or a boy",
}


def said_of(record: StudyRecord) -> list[Said]:
    """The sentences of the overview, in order."""
    facts = facts_of(record)
    parts = (_in_short, _what, _could_i, _what_would_i_do, _risks, _how_long, _results)
    return [one for part in parts for one in part(record, facts)]


def _about(names: list[Name]) -> str:
    return phrasing.listed([name.text for name in names], "en")


def _in_short(record: StudyRecord, facts: StudyFacts) -> Iterator[Said]:
    opening, who = _opening(record, facts), _who(record, facts)
    if who:
        apart = f"{opening} It {'was' if facts.is_past else 'is'} for {who}."
        together = f"{opening.removesuffix('.')} in {who}."
        is_neutral = any(name.is_neutral for name in naming.condition_names(record, "en")[:2])
        if facts.is_access or is_neutral or " in " in opening:
            together = apart
        yield Said(section="in_short", text=together, spare=0 if together == apart else 8, shorter=apart)
    else:
        yield Said(section="in_short", text=opening)
    if record.status in _STATUS:
        yield Said(section="in_short", text=_STATUS[record.status])
    if facts.is_observational:
        tested = "was" if facts.is_past else "is"
        yield Said(section="in_short", text=f"No treatment {tested} tested.")


def _opening(record: StudyRecord, facts: StudyFacts) -> str:
    names = naming.condition_names(record, "en")
    about = _about(names[:2])
    if naming.more_conditions(record, "en"):
        about = f"{names[0].text}, {names[1].text} and other conditions"
    if facts.is_access:
        aim = f" for {about}" if about else ""
        return f"This is not a study. It is a way to get a treatment{aim} before it is approved."
    past, never = facts.is_past, facts.state is State.NEVER
    if facts.is_observational:
        verb = "was meant to look at" if never else "looked at" if past else "looks at"
        return f"This study {verb} {about}." if about else f"This study {verb} people’s health."
    is_neutral = any(name.is_neutral for name in names[:2])
    form = _PURPOSE.get(record.primary_purpose)
    if form and about and not is_neutral:
        tests = "was meant to test" if never else "tested" if past else "tests"
        looks = "was meant to look" if never else "looked" if past else "looks"
        return form.format(thing=_thing(record), about=about, tests=tests, looks=looks)
    return f"This study {'was' if past else 'is'} about {about}." if about else "This is a medical study."


def _thing(record: StudyRecord) -> str:
    kinds = {one.kind for one in record.interventions if "placebo" not in one.name.lower()}
    many = naming.count_of_interventions(record) > 1
    if kinds == {"BIOLOGICAL"} and all("vaccin" in one.name.lower() for one in record.interventions):
        return "vaccines" if many else "a vaccine"
    if len(kinds) == 1 and (kind := next(iter(kinds))) in _THINGS:
        return _THINGS[kind][many]
    return "treatments" if many else "a treatment"


def _who(record: StudyRecord, facts: StudyFacts) -> str:
    if facts.people is None:
        return ""
    ages = phrasing.ages(record, "en")
    if facts.people is People.ANYBODY and not ages:
        return ""
    return f"{facts.people.value} {ages}" if ages else facts.people.value


def _what(record: StudyRecord, facts: StudyFacts) -> Iterator[Said]:
    if quoted := easy_sentence(record):
        yield Said(section="what", text=f"The team writes: “{quoted}”", spare=7)
    yield from _given(record, facts)
    if facts.has_placebo and facts.state is not State.NEVER:
        get = "got" if facts.is_past else "get"
        yield Said(section="what", text=f"Some people {get} a placebo. It looks the same but holds no drug.")
    if record.phases in _PHASES:
        yield Said(section="what", text=_phase(record, facts), spare=2)
    yield from _measured(record, facts)
    yield from _how_many(record, facts)
    if record.sponsor and len(record.sponsor.split()) <= 8 and facts.state is not State.NEVER:
        sponsor = naming.without_parenthesis(record.sponsor)
        if sponsor.startswith(("National ", "University ", "Centers ", "Department ")):
            sponsor = f"the {sponsor}"
        yield Said(
            section="what", text=f"The study {'was' if facts.is_past else 'is'} run by {sponsor}.", spare=6
        )


def _phase(record: StudyRecord, facts: StudyFacts) -> str:
    kind, looks_at = _PHASES[record.phases]
    if facts.state is State.NEVER:
        return f"It was planned as {kind}."
    first = f"This {'was' if facts.is_past else 'is'} {kind}."
    return f"{first} It {'looked' if facts.is_past else 'looks'} {looks_at}." if looks_at else first


def _given(record: StudyRecord, facts: StudyFacts) -> Iterator[Said]:
    names = naming.intervention_names(record, "en")
    if not names or facts.state is State.NEVER:
        return
    count = naming.count_of_interventions(record)
    kind = (
        "" if any(name.is_plain for name in names) else naming.kind_words(record, "en", many=len(names) > 1)
    )
    listed = f"{kind} {_about(names)}".strip()
    past = facts.is_past
    if facts.is_observational:
        text = f"It {'looked' if past else 'looks'} at {_about(names)}."
    elif count == 1 and kind:
        text = f"{phrasing.capital(kind)} tested {'was' if past else 'is'} {names[0].text}."
    elif count == 1:
        text = f"It {'tested' if past else 'tests'} {listed}."
    else:
        more = ", among others" if count > len(names) else ""
        text = f"{_things_in(record)} in the study{more}: {_about(names)}."
    can_shorten = count > 1 and not facts.is_observational
    shorter = f"{_things_in(record)} in the study, among others: {names[0].text}." if can_shorten else ""
    yield Said(section="what", text=text, spare=3, shorter=shorter)


def _things_in(record: StudyRecord) -> str:
    kinds = {one.kind for one in record.interventions}
    if kinds == {"DRUG"}:
        return "Drugs"
    return "Treatments" if record.primary_purpose == "TREATMENT" else "What is used"


def _measured(record: StudyRecord, facts: StudyFacts) -> Iterator[Said]:
    if len(record.primary_outcomes) == 1 and (measure := easy_measure(record.primary_outcomes[0])):
        verb = "measured" if facts.is_past else "measures"
        yield Said(section="what", text=f"The main thing it {verb}: {measure}.", spare=5)


def _how_many(record: StudyRecord, facts: StudyFacts) -> Iterator[Said]:
    if not record.enrolment or facts.state is State.NEVER:
        return
    many = phrasing.number(record.enrolment, "en")
    group = {
        People.WOMEN: ("woman", "women"),
        People.MEN: ("man", "men"),
        People.CHILDREN: ("child", "children"),
    }
    one, several = group.get(facts.people, ("person", "people")) if facts.people else ("person", "people")
    noun = one if record.enrolment == 1 else several
    if record.enrolment_is_estimated is False or facts.is_past:
        planned = "were planned to take part" if record.enrolment_is_estimated else "took part"
        text = f"{many} {noun} {planned}." if record.enrolment > 1 else f"{many} {noun} took part."
    else:
        text = f"The team {'hopes' if facts.state is State.OPEN else 'hoped'} that {many} {noun} take part."
    yield Said(section="what", text=text)


def _could_i(record: StudyRecord, facts: StudyFacts) -> Iterator[Said]:
    section = "could_i"
    if facts.is_closed:
        yield Said(section=section, text=_CLOSED.get(record.status, "Nobody new can join this study."))
        return
    joined = _if_you_are(record, facts)
    if facts.state is State.UNKNOWN:
        yield Said(section=section, text="Ask the team first if the study still takes people.")
    if record.status == "NOT_YET_RECRUITING":
        yield Said(section=section, text="Nobody can join yet.")
    if record.status == "ENROLLING_BY_INVITATION":
        yield Said(section=section, text="Only people whom the team invites can join.")
    elif joined:
        later = " later" if record.status == "NOT_YET_RECRUITING" else ""
        yield Said(section=section, text=f"You could join{later} if {joined}.")
    if record.healthy_volunteers is not None:
        also = {True: "It also takes healthy people.", False: "It does not take healthy volunteers."}
        yield Said(section=section, text=also[record.healthy_volunteers])
    if record.eligibility:
        text = "There are more rules about who can join. The team goes through them with you."
        yield Said(section=section, text=text)


def _if_you_are(record: StudyRecord, facts: StudyFacts) -> str:
    """ "you are a woman 18 to 50 years old"; empty where the record gives neither sex nor age."""
    ages = phrasing.ages(record, "en")
    you = _YOU.get(facts.people) if facts.people else None
    if not you:
        return f"you are {ages}" if ages else ""
    return f"{you} {ages}" if ages else you


def _what_would_i_do(record: StudyRecord, facts: StudyFacts) -> Iterator[Said]:
    section = "what_would_i_do"
    if facts.state is not State.NEVER:
        yield from (Said(section=section, text=text) for text in _groups(facts))
        yield from (Said(section=section, text=text) for text in _watched(record, facts))
    if where := _where(record, facts):
        yield Said(section=section, text=where, spare=1)


def _groups(facts: StudyFacts) -> Iterator[str]:
    past = facts.is_past
    if facts.is_by_chance:
        yield f"Chance {'decided' if past else 'decides'} who {'got' if past else 'gets'} what, as in a draw."
    if facts.is_one_group:
        yield f"There {'was' if past else 'is'} only one group."
    if facts.is_blind:
        know = "knew" if past else "know"
        gets = "got" if past else "gets"
        yield f"During the study, neither the people in it nor the team {know} who {gets} what."
    if facts.is_partly_blind:
        yield f"Some of those involved {'did not know who got' if past else 'do not know who gets'} what."
    if facts.is_open_label:
        yield f"Everybody {'knew' if past else 'knows'} which treatment {'was' if past else 'is'} given."


def _watched(record: StudyRecord, facts: StudyFacts) -> Iterator[str]:
    if not facts.is_observational:
        return
    past = facts.is_past
    ways = {
        "PROSPECTIVE": f"The team {'followed' if past else 'follows'} people over time.",
        "RETROSPECTIVE": f"The team {'looked' if past else 'looks'} back at what has already happened.",
        "CROSS_SECTIONAL": f"The team {'looked' if past else 'looks'} at people at one point in time.",
    }
    if record.time_perspective in ways:
        yield ways[record.time_perspective]


def _where(record: StudyRecord, facts: StudyFacts) -> str:
    countries = naming.countries(record)
    takes = {State.OVER: "It took place", State.NEVER: "It was planned"}.get(facts.state, "It takes place")
    places = len(record.locations)
    if not countries:
        return ""
    if len(countries) > 3:
        return f"{takes} in {len(countries)} countries."
    where = phrasing.listed([naming.country(name, "en") for name in countries], "en")
    towns = {location.city for location in record.locations if location.city}
    if len(countries) == 1 and len(towns) == 1:
        return f"{takes} in {next(iter(towns))}, {where.removeprefix('the ')}."
    if len(countries) == 1 and places > 1:
        return f"{takes} in {phrasing.number(places, 'en')} centers in {where}."
    return f"{takes} in {where}."


def _risks(record: StudyRecord, facts: StudyFacts) -> Iterator[Said]:
    if facts.is_past:
        return
    if facts.is_observational:
        yield Said(
            section="risks", text="The study does not test a treatment. Do not expect a new one from it."
        )
    elif facts.is_trial and record.primary_purpose in ("TREATMENT", "PREVENTION", "SUPPORTIVE_CARE"):
        text = "The study finds out if something works. It cannot promise that it will help you."
        yield Said(section="risks", text=text)


def _how_long(record: StudyRecord, facts: StudyFacts) -> Iterator[Said]:
    section = "how_long"
    times = [] if facts.state is State.NEVER else list(_times(record, facts))
    if times:
        yield Said(section=section, text=f"The study {' and '.join(times)}.")
    if (frame := phrasing.span(main_time_frame(record), "en")) and facts.state is not State.NEVER:
        measured = "was" if facts.is_past else "is"
        yield Said(section=section, text=f"The main result {measured} measured within {frame}.", spare=4)
    if record.status in ("TERMINATED", "WITHDRAWN", "SUSPENDED") and (reason := easy_reason(record)):
        yield Said(section=section, text=f"The reason given: “{reason}”.", spare=6)


def _times(record: StudyRecord, facts: StudyFacts) -> Iterator[str]:
    if record.started:
        is_ahead = record.started.is_estimated is True and not facts.is_past
        verb = "is planned to begin" if is_ahead else "began"
        yield f"{verb} {phrasing.on(record.started, 'en')}"
    if record.completed:
        has_ended = record.completed.is_estimated is False or facts.is_past
        is_ahead = record.started is not None and record.started.is_estimated is True
        planned = "to end" if is_ahead else "is planned to end"
        yield f"{'ended' if has_ended else planned} {phrasing.on(record.completed, 'en')}"


def _results(record: StudyRecord, facts: StudyFacts) -> Iterator[Said]:
    if record.has_results is None or facts.state is State.NEVER:
        return
    text = {True: "Results are in the public registry.", False: "The registry holds no results yet."}
    yield Said(section="results", text=text[record.has_results])
