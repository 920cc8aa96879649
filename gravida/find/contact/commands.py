"""`gravida contact`: what an operator does about messages to teams."""

import argparse

from gravida.find.contact.one_by_one import try_again


def add_commands(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add `contact` to the command line."""
    contact = commands.add_parser("contact", help="messages to teams: try-again")
    acts = contact.add_subparsers(dest="act", required=True, metavar="ACT")
    again = acts.add_parser("try-again", help="let the worker try again what it gave up after five failures")
    again.set_defaults(run=_try_again)


def _try_again(options: argparse.Namespace) -> int:
    print(f"{try_again()} will be tried again by the worker.")
    return 0
