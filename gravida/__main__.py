"""The command line: `gravida COMMAND`. Each part adds its own commands."""

import argparse
import os
import sys
from collections.abc import Callable, Sequence

from gravida.analysis import commands as analysis_commands
from gravida.explain.federated import commands as federated_commands
from gravida.find.plain.study_words import word_mistakes
from gravida.protocol import commands as study_commands
from gravida.protocol.mistakes import StudyFolderMistake

# Commands on text files alone: they run on a machine without a database, and start at once.
WITHOUT_DATABASE = {"study", "explain", "federated"}

FAILED = 1
STOPPED_BY_HAND = 130  # 128 + SIGINT, as shells say it
NOBODY_READS = 141  # 128 + SIGPIPE


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; its exit code, 0 when all went well."""
    given = list(sys.argv[1:] if arguments is None else arguments)
    parser = argparse.ArgumentParser(
        prog="gravida", description="Software for studies of recurrent pregnancy loss."
    )
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    study_commands.add_commands(commands, also_check=word_mistakes)
    analysis_commands.add_commands(commands)
    federated_commands.add_commands(commands)
    if given and given[0] in WITHOUT_DATABASE:
        return _in_sentences(lambda: _run(parser, given))
    return _in_sentences(lambda: _run_on_the_site(parser, commands, given))


def _run(parser: argparse.ArgumentParser, given: list[str]) -> int:
    options = parser.parse_args(given)
    exit_code: int = options.run(options)
    return exit_code


def _run_on_the_site(
    parser: argparse.ArgumentParser,
    commands: "argparse._SubParsersAction[argparse.ArgumentParser]",
    given: list[str],
) -> int:
    """The commands that need Django and its settings."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "gravida.settings")
    import django  # noqa: PLC0415 - settings must be named first
    from django.core.exceptions import ImproperlyConfigured  # noqa: PLC0415

    try:
        django.setup()
    except (ImproperlyConfigured, ValueError, OSError) as error:
        return _failed(f"a setting cannot be used: {error} (docs/operations.md lists the settings)")
    from django.db import OperationalError  # noqa: PLC0415

    from gravida import check, serve, worker  # noqa: PLC0415
    from gravida.find import commands as find_commands  # noqa: PLC0415
    from gravida.find.contact import commands as contact_commands  # noqa: PLC0415
    from gravida.find.registry.bundled import WrongBundledRecord  # noqa: PLC0415
    from gravida.web import commands as key_commands  # noqa: PLC0415
    from gravida.web.checking import UNUSABLE  # noqa: PLC0415
    from gravida.web.people import commands as people_commands  # noqa: PLC0415

    serve.add_commands(commands)
    worker.add_commands(commands)
    check.add_commands(commands)
    key_commands.add_commands(commands)
    find_commands.add_commands(commands)
    contact_commands.add_commands(commands)
    people_commands.add_commands(commands)
    try:
        return _run(parser, given)
    except (serve.UnsafeSettings, WrongBundledRecord, ImproperlyConfigured, *UNUSABLE) as problem:
        return _failed(str(problem))
    except OperationalError as error:
        return _failed(f"the database does not answer: {str(error).strip()}")


def _in_sentences(command: Callable[[], int]) -> int:
    """Run a command; what any command may meet is said in a sentence, not in a traceback."""
    try:
        return command()
    except KeyboardInterrupt:
        sys.stderr.write("\nStopped. What was finished is kept; the same command goes on from there.\n")
        return STOPPED_BY_HAND
    except BrokenPipeError:
        # Nobody reads on: say nothing more, at the end of the process either.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return NOBODY_READS
    except StudyFolderMistake as mistake:
        return _failed(str(mistake))
    except OSError as error:
        return _failed(f"{error.filename or 'a file'}: {error.strerror}")


def _failed(sentence: str) -> int:
    sys.stderr.write(f"gravida: {sentence}\n")
    return FAILED


if __name__ == "__main__":
    sys.exit(main())
