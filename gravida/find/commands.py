"""Commands of FIND: registry import, fetch, export, index."""

import argparse


def add_commands(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add this part's commands to the command line."""
