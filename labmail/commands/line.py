"""The words of ``labmail``: which command, with which options.

A mistake of the user ends in one or two clear lines on standard error, never in a traceback.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from importlib import import_module
from pathlib import Path


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs the command that the arguments name, and gives its exit code."""
    parser = _parser()
    options = parser.parse_args(arguments)
    if options.command is None:
        parser.print_help()
        return 2
    command = import_module(f"labmail.commands.{options.command}")
    try:
        return int(command.run(options))
    except KeyboardInterrupt:
        return 130
    except (ValueError, RuntimeError, OSError) as error:
        print(f"labmail {options.command}: {error}", file=sys.stderr)
        return 1


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="labmail", description="A lab in which people learn how email works by running it."
    )
    commands = parser.add_subparsers(dest="command", metavar="COMMAND")
    serve = commands.add_parser(
        "serve",
        help="run a town's servers until Ctrl-C or SIGTERM",
        description="Runs a town outside Jupyter, on a live clock, and prints where to find it.",
    )
    serve.add_argument("town", nargs="?", default="two_companies", help="a name or a town file")
    serve.add_argument("--root", type=Path, help="keep the hosts' folders here from start to start")
    serve.add_argument("--json", action="store_true", help="print one line of JSON when ready")
    demo = commands.add_parser(
        "demo",
        help="send one letter and tell its story in the terminal",
        description="Sends one letter from Alice to Bob and tells its story, step by step.",
    )
    demo.add_argument("town", nargs="?", default="two_companies", help="a name or a town file")
    demo.add_argument("--why", action="store_true", help="tell what decided, and why not the rest")
    demo.add_argument("--dialogue", action="store_true", help="show every line of the protocols")
    demo.add_argument("--picture", type=Path, metavar="FILE", help="write it as an SVG picture")
    commands.add_parser("towns", help="list the towns that come with labmail")
    return parser
