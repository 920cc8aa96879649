"""The French sentences of a built overview, each from fields of the record; vous, gender and elision."""

from collections.abc import Iterator

from gravida.find.plain import naming, phrasing
from gravida.find.plain.naming import Name
from gravida.find.plain.said import Said, main_time_frame
from gravida.find.plain.study_facts import People, State, StudyFacts, facts_of
from gravida.find.record import StudyRecord

_STATUS = {
    "RECRUITING": "Elle est ouverte : l’équipe cherche des personnes pour y participer.",
    "NOT_YET_RECRUITING": "Elle n’est pas encore ouverte.",
    "ENROLLING_BY_INVITATION": "On y entre sur invitation.",
    "ACTIVE_NOT_RECRUITING": "Elle continue, mais ne prend plus personne.",
    "COMPLETED": "Elle est finie.",
    "SUSPENDED": "Elle est en pause.",
    "TERMINATED": "Elle s’est arrêtée plus tôt que prévu.",
    "WITHDRAWN": "Elle a été annulée avant de commencer.",
    "UNKNOWN": "Le registre ne sait pas si elle est encore ouverte.",
    "AVAILABLE": "L’accès est ouvert.",
    "NO_LONGER_AVAILABLE": "L’accès est fermé.",
    "TEMPORARILY_NOT_AVAILABLE": "L’accès est en pause.",
    "APPROVED_FOR_MARKETING": "Le traitement est maintenant autorisé.",
}
_PHASES = {  # what the study is, what it seeks now, what it sought
    ("EARLY_PHASE1",): ("un tout premier test, chez peu de personnes", "", ""),
    ("PHASE1",): (
        "un premier test (phase 1)",
        "Il porte surtout sur la sécurité.",
        "Il portait surtout sur la sécurité.",
    ),
    ("PHASE1", "PHASE2"): (
        "un premier test (phases 1 et 2)",
        "Il porte sur la sécurité et les premiers effets.",
        "Il portait sur la sécurité et les premiers effets.",
    ),
    ("PHASE2",): (
        "une étude de phase 2",
        "Elle cherche si le traitement marche et s’il est sûr.",
        "Elle cherchait si le traitement marche et s’il est sûr.",
    ),
    ("PHASE2", "PHASE3"): (
        "une étude de phase 2 et 3",
        "Elle cherche si le traitement marche bien.",
        "Elle cherchait si le traitement marche bien.",
    ),
    ("PHASE3",): (
        "une étude de phase 3",
        "Elle cherche si le traitement marche bien chez beaucoup de gens.",
        "Elle cherchait si le traitement marche bien chez beaucoup de gens.",
    ),
    ("PHASE4",): (
        "une étude de phase 4",
        "Elle porte sur un traitement déjà en usage.",
        "Elle portait sur un traitement déjà en usage.",
    ),
}
_PURPOSE = {
    "TREATMENT": "Cette étude {tests} {thing} contre {about}.",
    "PREVENTION": "Cette étude {tests} un moyen d’éviter {about}.",
    "DIAGNOSTIC": "Cette étude {tests} un moyen de trouver {about}.",
    "SCREENING": "Cette étude {tests} un moyen de trouver tôt {about}.",
    "SUPPORTIVE_CARE": "Cette étude {tests} une aide pour vivre avec {about}.",
    "HEALTH_SERVICES_RESEARCH": "Cette étude {looks} les soins pour {about}.",
}
_THINGS = {
    "DRUG": ("un médicament", "des médicaments"), "PROCEDURE": ("un acte médical", "des actes médicaux"),
    "DEVICE": ("un dispositif", "des dispositifs"), "BEHAVIORAL": ("un programme", "des programmes"),
    "RADIATION": ("des rayons", "des rayons"),
    "DIETARY_SUPPLEMENT": ("un complément alimentaire", "des compléments alimentaires"),
}  # fmt: skip
_PEOPLE = {  # to whom it is addressed, and among whom
    People.WOMEN: ("aux femmes", "des femmes"),
    People.MEN: ("aux hommes", "des hommes"),
    People.GIRLS: ("aux filles", "des filles"),
    People.BOYS: ("aux garçons", "des garçons"),
    People.WOMEN_AND_GIRLS: ("aux femmes et aux filles", "des femmes et des filles"),
    People.MEN_AND_BOYS: ("aux hommes et aux garçons", "des hommes et des garçons"),
    People.ADULTS: ("aux adultes", "des adultes"),
    People.CHILDREN: ("aux enfants", "des enfants"),
    People.BABIES: ("aux bébés", "des bébés"),
    People.ANYBODY: ("aux personnes", "des personnes"),
}
_CLOSED = {
    "WITHDRAWN": "On ne peut pas y entrer.",
    "SUSPENDED": "On ne peut pas y entrer pendant la pause.",
    "TEMPORARILY_NOT_AVAILABLE": "On ne peut pas y entrer pendant la pause.",
}
_YOU = {
    People.WOMEN: "vous êtes une femme",
    People.MEN: "vous êtes un homme",
    People.WOMEN_AND_GIRLS: "vous êtes une femme ou une fille",
    People.MEN_AND_BOYS: "vous êtes un homme ou un garçon",
}
_WHOSE = (" chez ", " des bébés", " des nouveau-nés", " de l’enfant")  # whom it is about is already said
_FOLLOWING = "ce qui suit\u00a0:"
_GROUPS = {
    People.WOMEN: ("femme", "femmes"),
    People.MEN: ("homme", "hommes"),
    People.CHILDREN: ("enfant", "enfants"),
}


def said_of(record: StudyRecord) -> list[Said]:
    """The sentences of the overview, in order."""
    facts = facts_of(record)
    parts = (_in_short, _what, _could_i, _what_would_i_do, _risks, _how_long, _results)
    return [one for part in parts for one in part(record, facts)]


def _named(name: Name) -> str:
    """With its article where our table has it; else in quotes, as the registry writes it."""
    return name.text if name.is_plain else f"«\u00a0{name.text}\u00a0»"


def _about(names: list[Name]) -> str:
    return phrasing.listed([_named(name) for name in names], "fr")


def _in_short(record: StudyRecord, facts: StudyFacts) -> Iterator[Said]:
    opening, ages = _opening(record, facts), phrasing.ages(record, "fr")
    if facts.people and (ages or facts.people is not People.ANYBODY):
        verb = "s’adressait" if facts.is_past else "s’adresse"
        to, among = (f"{people} {ages}".strip() for people in _PEOPLE[facts.people])
        apart, together = f"{opening} Elle {verb} {to}.", f"{opening.removesuffix('.')} chez {among}."
        is_neutral = any(name.is_neutral for name in naming.condition_names(record, "fr")[:2])
        if facts.is_access or is_neutral or any(word in opening for word in _WHOSE):
            together = apart
        yield Said(section="in_short", text=together, spare=0 if together == apart else 8, shorter=apart)
    else:
        yield Said(section="in_short", text=opening)
    if record.status in _STATUS:
        yield Said(section="in_short", text=_STATUS[record.status])
    if facts.is_observational:
        tested = "n’a été" if facts.is_past else "n’est"
        yield Said(section="in_short", text=f"Aucun traitement {tested} testé.")


def _opening(record: StudyRecord, facts: StudyFacts) -> str:
    names = naming.condition_names(record, "fr")[:2]
    about = _about(names)
    if naming.more_conditions(record, "fr"):
        about = f"{_named(names[0])}, {_named(names[1])} et d’autres maladies"
    if facts.is_access:
        aim = f" contre {about}" if about and all(name.is_plain for name in names) else ""
        return f"Ce n’est pas une étude. C’est un accès à un traitement{aim} avant son autorisation."
    past = facts.is_past
    if facts.is_observational or not names or any(name.is_neutral for name in names):
        return _neutral_opening(record, facts, names)
    form = _PURPOSE.get(record.primary_purpose)
    if form is None:
        return _neutral_opening(record, facts, names)
    never = facts.state is State.NEVER
    tests = "devait tester" if never else "a testé" if past else "teste"
    looks = "devait étudier" if never else "a étudié" if past else "étudie"
    return form.format(thing=_thing(record), about=about, tests=tests, looks=looks)


def _neutral_opening(record: StudyRecord, facts: StudyFacts, names: list[Name]) -> str:
    is_past, never = facts.is_past, facts.state is State.NEVER
    verb = "devait porter" if never else "portait" if is_past else "porte"
    if names:
        objects = phrasing.listed([_named(name) for name in names], "fr", last="et sur")
        return f"Cette étude {verb} sur {objects}."
    return (
        f"Cette étude {verb} sur la santé des gens."
        if facts.is_observational
        else "C’est une étude médicale."
    )


def _thing(record: StudyRecord) -> str:
    kinds = {one.kind for one in record.interventions if "placebo" not in one.name.lower()}
    many = naming.count_of_interventions(record) > 1
    if kinds == {"BIOLOGICAL"} and all("vaccin" in one.name.lower() for one in record.interventions):
        return "des vaccins" if many else "un vaccin"
    if len(kinds) == 1 and (kind := next(iter(kinds))) in _THINGS:
        return _THINGS[kind][many]
    return "des traitements" if many else "un traitement"


def _what(record: StudyRecord, facts: StudyFacts) -> Iterator[Said]:
    yield from _given(record, facts)
    if facts.has_placebo and facts.state is not State.NEVER:
        get = "ont reçu" if facts.is_past else "reçoivent"
        text = f"Certains {get} un placebo. Il a le même aspect, mais ne contient pas de médicament."
        yield Said(section="what", text=text)
    if record.phases in _PHASES:
        yield Said(section="what", text=_phase(record, facts), spare=2)
    yield from _how_many(record, facts)
    if record.sponsor and len(record.sponsor.split()) <= 8 and facts.state is not State.NEVER:
        sponsor = naming.without_parenthesis(record.sponsor)
        led = "a été menée" if facts.is_past else "est menée"
        yield Said(section="what", text=f"L’étude {led} par cet organisme\u00a0: {sponsor}.", spare=6)


def _phase(record: StudyRecord, facts: StudyFacts) -> str:
    kind, seeks, sought = _PHASES[record.phases]
    if facts.state is State.NEVER:
        return f"C’était prévu comme {kind}."
    return f"{'C’était' if facts.is_past else 'C’est'} {kind}. {sought if facts.is_past else seeks}".strip()


def _given(record: StudyRecord, facts: StudyFacts) -> Iterator[Said]:
    names = naming.intervention_names(record, "fr")
    if not names or facts.state is State.NEVER:
        return
    count = naming.count_of_interventions(record)
    kind = naming.kind_words(record, "fr", many=len(names) > 1)
    is_all_plain = all(name.is_plain for name in names)
    if is_all_plain:
        listed = _about(names)
    else:
        bare = [phrasing.without_article(name.text) for name in names]
        listed = f"{kind or _FOLLOWING} {phrasing.listed(bare, 'fr')}"
    past = facts.is_past
    if facts.is_observational:
        text = f"Elle {'a étudié' if past else 'étudie'} {_about(names)}."
    elif count == 1 and kind and not is_all_plain:
        tested = "testée" if kind.startswith("la ") else "testé"
        text = f"{phrasing.capital(kind)} {tested} {'était' if past else 'est'}\u00a0: {names[0].text}."
    elif count == 1:
        text = f"Elle {'a testé' if past else 'teste'} {listed}."
    else:
        more = ", entre autres" if count > len(names) else ""
        bare = [phrasing.without_article(name.text) for name in names]
        text = f"{_things_in(record)} de l’étude{more}\u00a0: {phrasing.listed(bare, 'fr')}."
    can_shorten = count > 1 and not facts.is_observational
    shorter = (
        f"Traitements de l’étude, entre autres\u00a0: {phrasing.without_article(names[0].text)}."
        if can_shorten
        else ""
    )
    yield Said(section="what", text=text, spare=3, shorter=shorter)


def _things_in(record: StudyRecord) -> str:
    kinds = {one.kind for one in record.interventions}
    if kinds == {"DRUG"}:
        return "Médicaments"
    return "Traitements" if record.primary_purpose == "TREATMENT" else "Moyens"


def _how_many(record: StudyRecord, facts: StudyFacts) -> Iterator[Said]:
    if not record.enrolment or facts.state is State.NEVER:
        return
    many = phrasing.number(record.enrolment, "fr")
    one, several = (
        _GROUPS.get(facts.people, ("personne", "personnes")) if facts.people else ("personne", "personnes")
    )
    is_one = record.enrolment == 1
    noun = one if is_one else several
    if record.enrolment_is_estimated is False or (facts.is_past and not record.enrolment_is_estimated):
        text = f"{many} {noun} {'a' if is_one else 'ont'} participé."
    elif facts.is_past:
        text = f"Il était prévu que {many} {noun} y {'participe' if is_one else 'participent'}."
    else:
        text = f"Il est prévu que {many} {noun} y {'participe' if is_one else 'participent'}."
    yield Said(section="what", text=text)


def _could_i(record: StudyRecord, facts: StudyFacts) -> Iterator[Said]:
    section = "could_i"
    if facts.is_closed:
        yield Said(section=section, text=_CLOSED.get(record.status, "On ne peut plus y entrer."))
        return
    joined = _if_you_are(record, facts)
    if facts.state is State.UNKNOWN:
        yield Said(section=section, text="Demandez d’abord à l’équipe si l’étude prend encore des personnes.")
    if record.status == "NOT_YET_RECRUITING":
        yield Said(section=section, text="On ne peut pas encore y entrer.")
    if record.status == "ENROLLING_BY_INVITATION":
        yield Said(section=section, text="Seules les personnes que l’équipe invite peuvent y entrer.")
    elif joined:
        later = " plus tard" if record.status == "NOT_YET_RECRUITING" else ""
        yield Said(section=section, text=f"Vous pourriez participer{later} si {joined}.")
    if record.healthy_volunteers is not None:
        also = {
            True: "L’étude prend aussi des personnes en bonne santé.",
            False: "L’étude ne prend pas de volontaires en bonne santé.",
        }
        yield Said(section=section, text=also[record.healthy_volunteers])
    if record.eligibility:
        yield Said(section=section, text="Il y a d’autres règles. L’équipe les voit avec vous.")


def _if_you_are(record: StudyRecord, facts: StudyFacts) -> str:
    you = _YOU.get(facts.people) if facts.people else None
    if not you:
        age = phrasing.your_age(record)
        return f"vous avez {age}" if age else ""
    ages = phrasing.ages(record, "fr")
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
        yield (
            "Le hasard a décidé qui recevait quoi."
            if past
            else "Le hasard décide qui reçoit quoi, comme un tirage au sort."
        )
    if facts.is_one_group:
        yield f"Il n’y {'avait' if past else 'a'} qu’un seul groupe."
    if facts.is_blind:
        know, gets = ("savaient", "recevait") if past else ("savent", "reçoit")
        yield f"Pendant l’étude, ni les participants ni l’équipe ne {know} qui {gets} quoi."
    if facts.is_partly_blind:
        know, gets = ("savaient", "recevait") if past else ("savent", "reçoit")
        yield f"Certains ne {know} pas qui {gets} quoi."
    if facts.is_open_label:
        yield (
            "Chacun savait quel traitement était donné." if past else "Chacun sait quel traitement est donné."
        )


def _watched(record: StudyRecord, facts: StudyFacts) -> Iterator[str]:
    if not facts.is_observational:
        return
    past = facts.is_past
    ways = {
        "PROSPECTIVE": f"L’équipe {'a suivi' if past else 'suit'} les personnes dans le temps.",
        "RETROSPECTIVE": f"L’équipe {'a étudié' if past else 'étudie'} ce qui s’est déjà passé.",
        "CROSS_SECTIONAL": f"L’équipe {'a vu' if past else 'voit'} les personnes à un seul moment.",
    }
    if record.time_perspective in ways:
        yield ways[record.time_perspective]


def _where(record: StudyRecord, facts: StudyFacts) -> str:
    countries = naming.countries(record)
    takes = {State.OVER: "Elle a eu lieu", State.NEVER: "Elle était prévue"}.get(facts.state, "Elle a lieu")
    places = len(record.locations)
    if not countries:
        return ""
    if len(countries) > 3:
        return f"{takes} dans {len(countries)} pays."
    where = phrasing.listed([naming.country(name, "fr") for name in countries], "fr")
    towns = {location.city for location in record.locations if location.city}
    if len(countries) == 1 and len(towns) == 1:
        return f"{takes} {phrasing.at(next(iter(towns)))}, {where}."
    if len(countries) == 1 and places > 1:
        return f"{takes} dans {phrasing.number(places, 'fr')} centres {where}."
    return f"{takes} {where}."


def _risks(record: StudyRecord, facts: StudyFacts) -> Iterator[Said]:
    if facts.is_past:
        return
    if facts.is_observational:
        text = "L’étude ne teste pas de traitement. N’en attendez pas un nouveau traitement."
        yield Said(section="risks", text=text)
    elif facts.is_trial and record.primary_purpose in ("TREATMENT", "PREVENTION", "SUPPORTIVE_CARE"):
        text = "L’étude sert à savoir si cela marche. Elle ne peut pas promettre de vous aider."
        yield Said(section="risks", text=text)


def _how_long(record: StudyRecord, facts: StudyFacts) -> Iterator[Said]:
    section = "how_long"
    times = [] if facts.state is State.NEVER else list(_times(record, facts))
    if times:
        yield Said(section=section, text=f"L’étude {' et '.join(times)}.")
    if (frame := phrasing.span(main_time_frame(record), "fr")) and facts.state is not State.NEVER:
        measured = "a été mesuré" if facts.is_past else "est mesuré"
        text = f"Le résultat principal {measured} sur une durée de {frame}."
        yield Said(section=section, text=text, spare=4)


def _times(record: StudyRecord, facts: StudyFacts) -> Iterator[str]:
    if record.started:
        is_ahead = record.started.is_estimated is True and not facts.is_past
        verb = "doit commencer" if is_ahead else "a commencé"
        yield f"{verb} {phrasing.on(record.started, 'fr')}"
    if record.completed:
        has_ended = record.completed.is_estimated is False or facts.is_past
        is_ahead = record.started is not None and record.started.is_estimated is True
        planned = "se terminer" if is_ahead else "doit se terminer"
        yield f"{'s’est terminée' if has_ended else planned} {phrasing.on(record.completed, 'fr')}"


def _results(record: StudyRecord, facts: StudyFacts) -> Iterator[Said]:
    if record.has_results is None or facts.state is State.NEVER:
        return
    text = {
        True: "Des résultats sont dans le registre public.",
        False: "Le registre ne contient pas encore de résultats.",
    }
    yield Said(section="results", text=text[record.has_results])
