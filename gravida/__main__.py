"""The command line: `gravida COMMAND`. Each part adds its own commands."""

import argparse
import os
import sys
from collections.abc import Sequence


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; its exit code, 0 when all went well."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "gravida.settings")
    import django  # noqa: PLC0415 - settings must be named first

    django.setup()
    from gravida import serve  # noqa: PLC0415
    from gravida.find import commands as find_commands  # noqa: PLC0415

    parser = argparse.ArgumentParser(
        prog="gravida", description="Software for studies of recurrent pregnancy loss."
    )
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    for part in (serve, find_commands):
        part.add_commands(commands)
    options = parser.parse_args(arguments)
    exit_code: int = options.run(options)
    return exit_code


if __name__ == "__main__":
    sys.exit(main())
