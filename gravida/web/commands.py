"""`gravida keys`: the keys of what the database keeps sealed."""

import argparse
import sys

from gravida.web.key_rotation import KeysOfEnvironment, add_key, forget_old_keys, reseal
from gravida.web.seal_keys import seal_keys


def add_commands(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add `keys` to the command line."""
    keys = commands.add_parser("keys", help="keys of what is kept sealed: list, rotate")
    acts = keys.add_subparsers(dest="act", required=True, metavar="ACT")
    acts.add_parser("list", help="names of the keys, newest first").set_defaults(run=_list)
    rotate = acts.add_parser("rotate", help="make a new key and seal everything with it")
    rotate.add_argument("--reseal", action="store_true", help="seal with the newest key there is; make none")
    rotate.set_defaults(run=_rotate)


def _list(options: argparse.Namespace) -> int:
    print("\n".join(key.name.hex() for key in seal_keys().sealing))
    return 0


def _rotate(options: argparse.Namespace) -> int:
    if not options.reseal:
        try:
            add_key()
        except KeysOfEnvironment as error:
            sys.stderr.write(f"gravida: {error}\n")
            return 1
    rows = reseal()
    print(f"{rows} rows are sealed with key {seal_keys().sealing[0].name.hex()}.")
    if options.reseal:
        forget_old_keys()
        print("Older keys are needed by backups only: take them out of the key file, keep them with those.")
    else:
        print("Restart the site, then run `gravida keys rotate --reseal` for what was written meanwhile.")
    return 0
