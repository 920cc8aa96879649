"""Commands of the whole site: serve."""

import argparse


def add_commands(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add this part's commands to the command line."""
