"""What could be said now: a ready line for each command, with this town's hosts and people.

A person who speaks by hand for the first time needs an example that works, for this host, from this
address. Secrets stand in it by name (``⟨bob@ask.com's password⟩``), and are put in on the way to
the wire: what is shown, kept or compared has only the name.

Try: ``lab.talk("mail.ask.com", "smtp").suggestions``.
"""

from __future__ import annotations

import base64
from dataclasses import dataclass
from typing import TYPE_CHECKING

from labmail.trace.meaning import Machine

if TYPE_CHECKING:
    from ..site import Site
    from ..town import HostPlan, UserPlan
    from .following import Following

STRANGER = "my.laptop"
"""What somebody from outside calls her computer."""
ASIDE = ("BDAT LAST", "HELO", "NOOP", "HELP", "VRFY", "EXPN", "CAPA")
"""Commands that a person may say, but need not be offered."""


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A line, and what it is for. ``aside``: not on the ordinary road."""

    line: str
    words: str
    aside: bool = False


def suggestions(
    site: Site, plan: HostPlan, service: str, client: str, machine: Machine, following: Following
) -> tuple[Suggestion, ...]:
    """Lines that may come now from ``client`` to a service of host ``plan``."""
    if following.speaking == "content":
        return _letter(site, plan, client)
    user = _reader(site, plan)
    if following.speaking == "login":
        return _login(user)
    pop3 = service == "pop3"
    lines = _pop3(user) if pop3 else _smtp(site, plan, client, user)
    return tuple(
        Suggestion(lines.get(move.verb, move.verb), move.words, move.verb in ASIDE)
        for move in machine.may
        if move.verb != "BDAT"  # in pieces: for those who can count
    )


def _smtp(site: Site, plan: HostPlan, client: str, user: UserPlan | None) -> dict[str, str]:
    name = caller(site, client)
    lines = {
        "EHLO": f"EHLO {name}",
        "HELO": f"HELO {name}",
        "MAIL": f"MAIL FROM:<{sender(site, client)}>",
        "RCPT": f"RCPT TO:<{recipient(site, plan)}>",
        "VRFY": f"VRFY {recipient(site, plan).partition('@')[0]}",
        "EXPN": "EXPN postmaster",
        "BDAT LAST": in_one_piece("Subject: In one piece\n\nNo dot at the end: it is counted.\n"),
    }
    if user is not None:
        lines["AUTH"] = f"AUTH PLAIN {_both(user)}"
    return lines


def in_one_piece(letter: str) -> str:
    """BDAT with a whole letter behind it: how many octets come, line ends included (RFC 3030)."""
    size = len(letter.replace("\n", "\r\n").encode())
    return f"BDAT {size} LAST\n{letter.removesuffix(chr(10))}"


def _pop3(user: UserPlan | None) -> dict[str, str]:
    login = user.login if user else "nobody"
    secret = _password(user) if user else "secret"
    numbered = {verb: f"{verb} 1" for verb in ("RETR", "DELE")}
    return {"USER": f"USER {login}", "PASS": f"PASS {secret}", **numbered, "TOP": "TOP 1 0"}


def _letter(site: Site, plan: HostPlan, client: str) -> tuple[Suggestion, ...]:
    return (
        Suggestion(f"From: {sender(site, client)}", "a header field, for the reader"),
        Suggestion(f"To: {recipient(site, plan)}", "no server looks at it"),
        Suggestion("Subject: Lunch on Friday?", "a header field"),
        Suggestion("", "an empty line ends the header"),
        Suggestion("Noon, at the usual place?", "the body"),
        Suggestion(".", "the end of the letter"),
    )


def _login(user: UserPlan | None) -> tuple[Suggestion, ...]:
    star = Suggestion("*", "give up")
    if user is None:
        return (star,)
    return (
        Suggestion(_both(user), "for PLAIN"),
        Suggestion(_named(user, "login in base64"), "for LOGIN, first question"),
        Suggestion(_named(user, "password in base64"), "for LOGIN, second question"),
        star,
    )


# ── who is who ───────────────────────────────────────────────────────────────────────────────────


def caller(site: Site, client: str) -> str:
    """What a client at this lab address calls itself."""
    plan = site.town.host_at(client)
    return plan.name if plan else STRANGER


def sender(site: Site, client: str) -> str:
    """Somebody who may write from this lab address: at that desk, or in that company."""
    plan = site.town.host_at(client)
    users = list(site.town.users.values())
    near = [u for u in users if u.desk == client]
    near += [u for u in users if plan and site.town.hosts[u.host].company == plan.company]
    return near[0].address if near else f"me@{STRANGER}"


def recipient(site: Site, plan: HostPlan) -> str:
    """Somebody whose mailbox is on this host; else anybody."""
    user = _reader(site, plan) or next(iter(site.town.users.values()), None)
    return user.address if user else f"postmaster@{plan.name}"


def _reader(site: Site, plan: HostPlan) -> UserPlan | None:
    return next((u for u in site.town.users.values() if u.host == plan.name), None)


# ── secrets, by name ─────────────────────────────────────────────────────────────────────────────


def secrets_of(site: Site) -> dict[str, str]:
    """The names of the lab's secrets, and what goes over the wire in their place."""
    found: dict[str, str] = {}
    for user in site.town.users.values():
        password = site.passwords[user.address]
        found[_password(user)] = password
        found[_both(user)] = _base64(f"\0{user.login}\0{password}")
        found[_named(user, "login in base64")] = _base64(user.login)
        found[_named(user, "password in base64")] = _base64(password)
    return found


def _named(user: UserPlan, what: str) -> str:
    return f"⟨{user.address}'s {what}⟩"


def _password(user: UserPlan) -> str:
    return _named(user, "password")


def _both(user: UserPlan) -> str:
    return _named(user, "login and password in base64")


def _base64(text: str) -> str:
    return base64.b64encode(text.encode()).decode("ascii")
