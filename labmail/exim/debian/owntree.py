"""The lab's own tree of files: `tree/`, written for readers, with Debian's macros and its routes.

It takes the same answers, knows the same macros and gives the same answers as Debian's files, which
tests compare; names of routers, transports and lists are the same, so that what is said about one
is true of the other. Real Exim reads it.

    tree/main        the options of the program, and the place where the answers arrive
    tree/acl         who may do what in a dialogue
    tree/router      the way of an address
    tree/transport   what is done with a letter in the end
    tree/retry       when it is tried again
    tree/rewrite     addresses that the world knows
    tree/auth        how this host proves who it is

Try: ``for path, octets in files(): print(path)``.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from functools import cache, lru_cache

from labmail.exim.debian.answers import Answers, write_answers
from labmail.exim.debian.generate import OUTPUT, Source, generate
from labmail.exim.debian.memory import Laid
from labmail.exim.debian.parts import SECTIONS, split
from labmail.exim.files import RealFiles

FOLDER = os.path.join(os.path.dirname(os.path.abspath(__file__)), "tree")


@cache
def files() -> tuple[tuple[str, bytes], ...]:
    """The files of ``/etc/exim4`` as path below it and content: the tree, and the template."""
    return (*_tree(), ("exim4.conf.template", template().encode("latin-1")))


def _tree() -> Iterator[tuple[str, bytes]]:
    for section in SECTIONS:
        folder = os.path.join(FOLDER, section)
        for name in sorted(os.listdir(folder)):
            with open(os.path.join(folder, name), "rb") as file:
                yield f"conf.d/{section}/{name}", file.read()


def template() -> str:
    """The tree as one file, for hosts that do not want a tree."""
    text = split(RealFiles(), FOLDER, marked=False)
    return text.replace(f"{FOLDER}/", "")


def host(
    answers: Answers | None, mailname: str, fqdn: str, extra: Mapping[str, bytes] | None = None
) -> dict[str, bytes]:
    """All files of a host that is set up with these answers, by path: ``/etc/exim4``,
    ``/etc/mailname``, and what update-exim4.conf makes of them.

    ``extra`` are files that the administrator has written: they win, and count. The answers may be
    among them; then ``answers`` is None. CannotGenerate, AnswersError where they are of no use.
    """
    made = {f"/etc/exim4/{path}": octets for path, octets in files()}
    if answers is not None:
        made["/etc/exim4/update-exim4.conf.conf"] = write_answers(answers).encode("latin-1")
    made["/etc/mailname"] = f"{mailname}\n".encode("latin-1")
    made.update(extra or {})
    if OUTPUT not in made:
        made[OUTPUT] = _generated(tuple(made.items()), fqdn)
    return made


@lru_cache(maxsize=32)
def _generated(laid: tuple[tuple[str, bytes], ...], fqdn: str) -> bytes:
    """What update-exim4.conf makes of these files. Towns are started again and again."""
    return generate(Source(Laid(dict(laid)), fqdn=fqdn)).text.encode("latin-1")
