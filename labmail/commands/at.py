"""``labmail at HOST COMMAND``: a command on a host of the lab that runs in another process.

    labmail at mail.ask.com exim -bp            what waits there
    labmail at mail.ask.com --user bob mailq    what bob sees of it
    labmail at . update-exim4.conf              on the host in whose folder we stand

Standard input, output and errors and the exit code are those of the command; where it could not be
carried at all, the exit code is 125. Which lab is meant: `labmail.commands.control.finding`.

Try: ``labmail at mail.example.com help``.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from pathlib import Path

from .control.asking import TROUBLE, Unreachable, ask
from .control.finding import Found, NoLab, find, host_here
from .control.frames import Question

USAGE = """\
usage: labmail at [--root FOLDER] HOST [--user LOGIN] COMMAND [ARGUMENT …]

Runs a command on a host of the lab that runs in another process (labmail serve, a notebook).

  HOST           a host's name, its beginning (mail), or . for the host whose folder this is
  --root FOLDER  which lab, where several run
  --user LOGIN   as a user of that host; otherwise as root
  COMMAND        exim, mailq, update-exim4.conf, dig …: labmail at HOST help
"""


class Usage(Exception):
    """The words were not understood."""


class Wish:
    """Where to, and as whom: the words in front of the command."""

    def __init__(self) -> None:
        self.root: str | None = os.environ.get("LABMAIL_ROOT")
        self.user = os.environ.get("LABMAIL_USER", "")
        self.host = ""

    def read(self, words: Sequence[str]) -> list[str]:
        """Takes the words in front; gives the command. Raises `Usage`."""
        rest = list(words)
        while rest:
            word = rest.pop(0)
            if word in ("--root", "--user"):
                if not rest:
                    raise Usage(f"{word} needs a {'folder' if word == '--root' else 'login'}")
                setattr(self, word[2:], rest.pop(0))
            elif self.host or word in ("-h", "--help"):
                return [word, *rest]
            else:
                self.host = word
        return []


def main(words: Sequence[str]) -> int:
    """Runs the command; gives its exit code, or 125 with a sentence."""
    wish = Wish()
    try:
        command = wish.read(words)
        if command[:1] in (["-h"], ["--help"]):
            print(USAGE, end="")
            return 0
        if not command:
            raise Usage("expected a host and a command")
        lab, host = place(wish)
        octets = [os.fsencode(word).decode("latin-1") for word in command]
        return ask(lab.cookie, Question(host, octets, wish.user))
    except Usage as problem:
        print(f"labmail at: {problem}\n\n{USAGE}", end="", file=sys.stderr)
    except (NoLab, Unreachable) as problem:
        print(f"labmail at: {problem}", file=sys.stderr)
    return TROUBLE


def place(wish: Wish) -> tuple[Found, str]:
    """The lab and the host that are meant. Raises `NoLab`."""
    here = Path.cwd()
    lab = find(wish.root, here)
    if wish.host != ".":
        return lab, wish.host
    host = host_here(lab, here)
    if host is None:
        raise NoLab(f"{here} is not in a host's folder: they are in {lab.root}")
    return lab, host
