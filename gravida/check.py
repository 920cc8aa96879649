"""`gravida check`: whether what this installation keeps is whole and safe. Each part adds its own check."""

import argparse
import sys
from typing import Any

from gravida.present import present
from gravida.web.audit import commands as audit_commands
from gravida.web.checking import Check

# Modules that say in CHECKS what they can check.
CHECK_LISTS = (
    "gravida.web.checks",
    "gravida.web.audit.checks",
    "gravida.find.contact.checks",
    "gravida.find.alerts.checks",
    "gravida.find.glossary.checks",
    "gravida.find.questions.checks",
)
FAULTY = 1


def add_commands(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add `check` to the command line: everything, or one thing by its name."""
    check = commands.add_parser("check", help="whether what is kept here is whole and safe")
    checks: Any = check.add_subparsers(dest="what", metavar="WHAT")
    audit_commands.add_commands(checks)
    for one in all_checks():
        alone = checks.add_parser(one.name, help=one.help)
        alone.set_defaults(run=lambda _, one=one: _run([one]))
    check.set_defaults(run=_run_everything)


def _run_everything(options: argparse.Namespace) -> int:
    """Every check, and the audit trail; above 0 when anything is wrong."""
    found = _run(all_checks())
    return audit_commands.run(argparse.Namespace(anchor=None)) or found


def _run(checks: "list[Check] | tuple[Check, ...]") -> int:
    faults = 0
    for check in checks:
        found = check.run()
        faults += len(found)
        sys.stdout.write(
            "".join(f"{check.name}: {sentence}\n" for sentence in found) or f"{check.name}: well\n"
        )
    return FAULTY if faults else 0


def faults_at_start() -> list[str]:
    """What keeps the site from starting."""
    return [sentence for check in all_checks() if check.at_start for sentence in check.run()]


def all_checks() -> tuple[Check, ...]:
    """The checks of every part that is there."""
    return tuple(check for module in present(CHECK_LISTS) for check in module.CHECKS)
