"""`gravida user`: people and their roles from the command line; the first administrator comes from here."""

import argparse
import sys
from collections.abc import Callable
from datetime import UTC, datetime

from django.core.management import call_command

from gravida.web.mail.address import WrongAddress
from gravida.web.people import actions_people
from gravida.web.people.actions_people import Place
from gravida.web.people.models import Membership, Person
from gravida.web.people.places import named_places
from gravida.web.people.roles import Role

REFUSED = 2
Act = Callable[[argparse.Namespace, datetime], int]


def add_commands(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add `user` to the command line."""
    user = commands.add_parser("user", help="people and roles: add, disable, enable, list, reset, roles")
    acts = user.add_subparsers(dest="act", required=True, metavar="ACT")
    add = acts.add_parser("add", help="invite somebody; prints the page where they set their password")
    _add_email(add)
    add.add_argument("--name", required=True, help="as colleagues will read it")
    add.add_argument("--language", choices=["en", "fr"], default="fr")
    add.add_argument("--role", type=_role, default=Role.ADMINISTRATOR, help=", ".join(Role.values))
    add.add_argument(
        "--place", type=_place, default=Place(), help="NUMBER or NUMBER/CENTRE, as NCT05557201/centre-1"
    )
    add.set_defaults(run=_ready(_add))
    for name, act, told in (
        ("disable", _disable, "take away all access at once"),
        ("enable", _enable, "give access back"),
    ):
        parser = acts.add_parser(name, help=told)
        _add_email(parser)
        parser.set_defaults(run=_ready(act))
    acts.add_parser("list", help="everybody with their roles").set_defaults(run=_ready(_list))
    reset = acts.add_parser("reset", help="print a page for a new password")
    _add_email(reset)
    reset.add_argument("--second-factor", action="store_true", help="forget a lost app as well")
    reset.set_defaults(run=_ready(_reset))
    roles = acts.add_parser("roles", help="show, give and end somebody's roles")
    _add_email(roles)
    roles.add_argument("--give", type=_role_at, metavar="ROLE[@PLACE]", help="as nurse@NCT05557201/centre-1")
    roles.add_argument("--end", type=_role_at, metavar="ROLE[@PLACE]")
    roles.set_defaults(run=_ready(_roles))


def _add_email(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("email", metavar="EMAIL")


def _role(typed: str) -> Role:
    if typed not in Role.values:
        raise argparse.ArgumentTypeError(f"{typed}: wanted one of {', '.join(Role.values)}")
    return Role(typed)


def _place(typed: str) -> Place:
    """A study or centre of this site's folders."""
    study, _slash, centre = typed.partition("/")
    place = Place(study=study.upper(), centre=centre)
    known = {named.place: named for named in named_places()}
    if typed and place not in known:
        wanted = ", ".join(named.code for named in known.values())
        raise argparse.ArgumentTypeError(f"{typed}: no study folder has it; wanted one of {wanted}")
    return place


def _role_at(typed: str) -> tuple[Role, Place]:
    role, _at, place = typed.partition("@")
    return _role(role), _place(place)


def _add(options: argparse.Namespace, at: datetime) -> int:
    invited = actions_people.invite(
        email=options.email,
        name=options.name,
        language=options.language,
        role=options.role,
        place=options.place,
        by=None,
        at=at,
    )
    print(f"Invited. The page where they set their password (once, within 72 hours):\n{invited.link}")
    return 0


def _disable(options: argparse.Namespace, at: datetime) -> int:
    was_open = actions_people.disable(person=_person(options), by=None, at=at)
    print("All access is taken away." if was_open else "There was no access to take away.")
    return 0


def _enable(options: argparse.Namespace, at: datetime) -> int:
    was_away = actions_people.enable(person=_person(options), by=None, at=at)
    print("Access is given back." if was_away else "There is access already.")
    return 0


def _list(options: argparse.Namespace, at: datetime) -> int:
    for person in Person.objects.order_by("email"):
        state = "" if person.is_active else "  (disabled)"
        print(f"{person.email}  {person.name}{state}")
        _print_roles(person)
    print(f"people: {Person.objects.count()}")
    return 0


def _reset(options: argparse.Namespace, at: datetime) -> int:
    person = _person(options)
    if options.second_factor:
        actions_people.reset_second_factor(person=person, by=None, at=at)
        print("The app is forgotten: the next sign-in sets up a new one.")
    print(
        f"The page for a new password (once):\n{actions_people.send_new_link(person=person, by=None, at=at)}"
    )
    return 0


def _roles(options: argparse.Namespace, at: datetime) -> int:
    person = _person(options)
    if options.give:
        role, place = options.give
        actions_people.give_role(person=person, role=role, place=place, by=None, at=at)
    if options.end:
        role, place = options.end
        held = Membership.objects.filter(
            person=person, role=role, study=place.study, centre=place.centre, ended_at=None
        ).first()
        if held is None:
            raise _NotFound(f"{person.email} holds no such role now")
        actions_people.end_role(membership=held, by=None, at=at)
    _print_roles(person)
    return 0


def _print_roles(person: Person) -> None:
    for held in Membership.objects.filter(person=person, ended_at=None).order_by("given_at"):
        place = "/".join(part for part in (held.study, held.centre) if part)
        print(f"    {held.role}{f' at {place}' if place else ', the whole site'}")


class _NotFound(Exception):
    """Nobody, or no role, of that name."""


def _person(options: argparse.Namespace) -> Person:
    person = Person.objects.by_email(options.email)
    if person is None:
        raise _NotFound(f"nobody has the address {options.email}")
    return person


def _ready(act: Act) -> Callable[[argparse.Namespace], int]:
    """The same act on a database that has its tables; what stands in its way is said in a sentence."""

    def run(options: argparse.Namespace) -> int:
        call_command("migrate", verbosity=0, interactive=False)
        try:
            return act(options, datetime.now(UTC))
        except _NotFound as problem:
            return _refused(str(problem))
        except actions_people.KnownAddress as known:
            return _refused(
                f"somebody has the address {known} already: use `gravida user roles` for another role"
            )
        except actions_people.LastAdministrator:
            return _refused("this is the last administrator: add another one first")
        except actions_people.WrongPlace:
            return _refused("administrators are of the whole site, all others need --place")
        except WrongAddress as wrong:
            return _refused(f"{options.email}: {wrong}")

    return run


def _refused(sentence: str) -> int:
    sys.stderr.write(f"gravida: {sentence}\n")
    return REFUSED
