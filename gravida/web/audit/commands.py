"""`gravida check audit`: whether the audit trail is whole."""

import argparse
import re

from gravida.web.audit.verify import Verdict, verify

BROKEN = 3
REASONS = {
    "changed": "entry {bad} was changed after it was written",
    "missing": "entry {bad} is missing",
    "not_after": "entry {bad} does not follow the one before it",
    "cut": "the trail is cut or lengthened at entry {bad}: its end is not the one that was noted",
    "anchor": "entry {bad} is not the one that was noted at the earlier check",
}


def add_commands(checks: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add `audit` to `gravida check`."""
    audit = checks.add_parser("audit", help="whether the audit trail is whole; names the first bad entry")
    audit.add_argument(
        "--anchor", type=_anchor, metavar="NUMBER:DIGEST", help="what an earlier check said, kept elsewhere"
    )
    audit.set_defaults(run=run)


def _anchor(typed: str) -> tuple[int, str]:
    match = re.fullmatch(r"(\d+):([0-9a-f]{64})", typed)
    if match is None:
        raise argparse.ArgumentTypeError(f"{typed}: wanted NUMBER:DIGEST, as an earlier check said it")
    return int(match[1]), match[2]


def run(options: argparse.Namespace) -> int:
    """Say what was found; 3 when something is wrong."""
    verdict = verify(anchor=options.anchor)
    print(f"audit: {in_words(verdict)}")
    return 0 if verdict.is_whole else BROKEN


def in_words(verdict: Verdict) -> str:
    """The verdict in a sentence."""
    if not verdict.is_whole:
        return REASONS[verdict.reason].format(bad=verdict.bad)
    if not verdict.entries:
        return "well, and empty"
    return f"well, {verdict.entries} entries; anchor {verdict.entries}:{verdict.digest}"
