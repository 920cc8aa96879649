"""The command line: `gravida COMMAND`. Each part adds its own commands."""

import argparse
import os
import sys
from collections.abc import Sequence

from gravida.protocol import commands as study_commands

# Commands on text files alone: they run on a machine without a database, and start at once.
WITHOUT_DATABASE = {"study"}

STOPPED_BY_HAND = 130  # 128 + SIGINT, as shells say it


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; its exit code, 0 when all went well."""
    given = list(sys.argv[1:] if arguments is None else arguments)
    parser = argparse.ArgumentParser(
        prog="gravida", description="Software for studies of recurrent pregnancy loss."
    )
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    study_commands.add_commands(commands)
    if not given or given[0] not in WITHOUT_DATABASE:
        _add_commands_of_the_site(commands)
    options = parser.parse_args(given)
    try:
        exit_code: int = options.run(options)
    except KeyboardInterrupt:
        sys.stderr.write("\nStopped. What was finished is kept; the same command goes on from there.\n")
        return STOPPED_BY_HAND
    return exit_code


def _add_commands_of_the_site(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """The commands that need Django and its settings."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "gravida.settings")
    import django  # noqa: PLC0415 - settings must be named first

    django.setup()
    from gravida import serve  # noqa: PLC0415
    from gravida.find import commands as find_commands  # noqa: PLC0415

    serve.add_commands(commands)
    find_commands.add_commands(commands)


if __name__ == "__main__":
    sys.exit(main())
