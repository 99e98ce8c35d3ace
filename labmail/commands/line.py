"""The words of ``labmail``: which command, with which options.

A mistake of the user ends in one or two clear lines on standard error, never in a traceback.

``labmail exim`` has a language of its own and must start as fast as a Python can, so it takes a
road past all this, and so do those that hand words on (``at``, ``shell``): nothing else is loaded.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import argparse


OWN = {
    "exim": ("exim", "main"),
    "at": ("at", "main"),
    "shell": ("shell", "main"),
    "explain": ("explain", "main"),
    "update-exim4.conf": ("update_exim4_conf", "run"),
}
"""Commands that read their own words: where, and the function. The others are told in `_parser`."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs the command that the arguments name, and gives its exit code."""
    words = sys.argv[1:] if arguments is None else arguments
    if words and words[0] in OWN:
        module, function = OWN[words[0]]
        own = getattr(import_module(f"labmail.commands.{module}"), function)
        return int(own(list(words[1:])))
    return _run(words)


def _run(arguments: Sequence[str]) -> int:
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
    import argparse
    from pathlib import Path

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
    serve.add_argument(
        "--engine",
        choices=("labmail", "exim4"),
        default="labmail",
        help="who does the mail hosts' work; exim4, the real program, takes Linux and root",
    )
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
    commands.add_parser("at", help="run a command on a host of the lab that runs: at HOST mailq")
    commands.add_parser("shell", help="a shell on a host of the lab that runs")
    commands.add_parser("exim", help="Exim's command line: -bt, -be, -bP and more (exim --help)")
    commands.add_parser("explain", help="say why an address goes where it goes")
    commands.add_parser(
        "update-exim4.conf", help="Debian's program of that name: configuration from answers"
    )
    commands.add_parser("towns", help="list the towns that come with labmail")
    return parser
