"""A list that changes while a letter for it waits; what `one_time` makes of that.

Each story is a letter, a first try at which Carol and Dave can't be reached, a new member for every
list, a try that comes too early, and one at which Carol gets the letter and Dave fails.
"""

from __future__ import annotations

import re
from pathlib import Path

from tests.commands.inn import HEAD, Ask, furnished, log, stable

CONFIGURATION = (
    HEAD
    + """log_selector = -arguments MORE
begin routers
aliases:
  driver = redirect
  data = ${lookup{$local_part}lsearch{DIR/aliases}}
  ONCE
held:
  driver = redirect
  data = ${if exists{DIR/open}{${if eq{$local_part}{dave}{:fail: gone}}}{:defer: not yet}}
  allow_defer
  allow_fail
  local_parts = carol : dave
people:
  driver = accept
  local_parts = ann : ben : bob : carol : owner
  transport = box
begin transports
box:
  driver = appendfile
  file = DIR/mail/$local_part_data
  user = nobody
  envelope_to_add
  return_path_add
begin retry
* * F,1h,15m
"""
)
BEFORE = "team: ann, carol, dave\ndeep: team, dave\nself: owner, self2\nself2: dave\n"
AFTER = "team: ann, ben, carol, dave\ndeep: ben\n"
LETTER = "From: bob@inn.test\nSubject: hello\n\nHello.\n"
STORIES = {
    "once": (["team"], "one_time", ""),
    "each time anew": (["team"], "", ""),
    "lists of lists": (["deep", "ann"], "one_time", "+all_parents"),
    "an owner": (["team", "carol"], "one_time\n  errors_to = owner@inn.test", ""),
    "several lists": (["self", "deep"], "one_time", ""),
    "hidden members": (["team"], "one_time\n  hide_child_in_errmsg", ""),
}


def told(name: str, ask: Ask) -> dict[str, object]:
    """A story, and what it leaves: the envelope in the spool, the listing, the log, the mail."""
    who, once, more = STORIES[name]
    with furnished() as folder:
        path, aliases = folder / "exim.conf", folder / "aliases"
        text = CONFIGURATION.replace("DIR", str(folder)).replace("ONCE", once)
        path.write_text(text.replace("MORE", more))
        aliases.write_text(BEFORE)
        ask(path, ["-oi", "-f", "bob@inn.test", *who], LETTER)
        ask(path, ["-q"], "")
        seen = [_seen(folder, ask)]
        aliases.write_text(AFTER)
        ask(path, ["-q"], "")
        seen.append(_seen(folder, ask))
        (folder / "open").touch()
        ask(path, ["-qf"], "")
        ask(path, ["-q"], "")
        return {"seen": seen, "log": log(folder), "mail": _mail(folder)}


def _seen(folder: Path, ask: Ask) -> list[str]:
    """The envelopes as the spool has them, those who are done by their names, and the listing."""
    found = []
    for path in sorted((folder / "spool/input").rglob("*-H")):
        text = path.read_text("latin-1")
        count, who = re.findall(r"\n([0-9]+)\n((?:[^\n]+\n)+)\n[0-9]{3}[ *A-Z] ", text)[0]
        done = re.findall(r"^[YN]{2} (.*)", text, re.M)
        found.append(f"{', '.join(sorted(done))}; {count}: {' | '.join(who.splitlines())}")
    listing, _ = ask(folder / "exim.conf", ["-bp"], "")
    listing = re.sub(r"^ *\S+ +\S+ ", "", stable(listing, folder), flags=re.M)
    return [*sorted(found), *listing.splitlines()]


def _mail(folder: Path) -> dict[str, list[str]]:
    """To whom each mailbox's letters were, and where their bounces go."""
    kept = re.compile(r"Envelope-to|Return-path|X-Failed| \S+@|  \w|    \w")
    return {
        each.name: [line for line in each.read_text("latin-1").splitlines() if kept.match(line)]
        for each in sorted((folder / "mail").iterdir())
    }
