"""Rewriting: what becomes of an address on its way, and where.

    begin rewrite
    *@old.example     $1@new.example            Eh       a domain that has a new name
    root@*            "Admin <admin@ask.com>"   fw       a sender who shall have a face
    ^(?i)info(.*)@    help$1@ask.com            S        before the address is even read

Each rule that holds at a place is tried on what the rules before it have made. A replacement of
``*`` leaves the address alone. What comes out must be an address with a domain, or the rule is
refused, and the rest of the rules with it.

    place      flag      place      flag
    sender     s         reply-to   r
    from       f         env-from   F, E
    to, cc     t, c      env-to     T, E
    bcc        b         SMTP       S: the words behind MAIL FROM and RCPT TO

    h  all headers     w  the whole of a header's address, its display name too
    q  stop here       R  again, on what came of it      Q  the domain may be missing

Law: Exim specification, chapter 31.

Try: ``labmail exim -brw postmaster@ask.com``.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

from labmail.exim.errors import Deferred, ExpansionFailed
from labmail.exim.expansion.addresses import BadAddress, Extracted, extract
from labmail.exim.expansion.evaluator import expand
from labmail.exim.expansion.lists.addresses import Address
from labmail.exim.expansion.lists.scan import scan
from labmail.exim.expansion.variables.machine import qualify_recipient
from labmail.exim.options.rewrite import Rewriting
from labmail.exim.regex import compile
from labmail.exim.text import EMPTY, Text

if TYPE_CHECKING:
    from labmail.exim.config import Configuration
    from labmail.exim.expansion.context import Context

HEADERS = "sfrtcb"
PLACES = {
    "sender": "s",
    "from": "f",
    "to": "t",
    "cc": "c",
    "bcc": "b",
    "reply-to": "r",
    "env-from": "F",
    "env-to": "T",
}
"""Where addresses are rewritten, in the order of ``-brw``, each with its flag."""

MOST_ROUNDS = 10
"""How often a rule with the flag R is used again."""


def holds_at(rule: Rewriting, flag: str) -> bool:
    """Whether a rule is for this place. Without any place it is for all but SMTP."""
    places = set(rule.flags) - set("qQRw")
    if flag == "S" or not places:
        return (flag == "S") == ("S" in places)
    group = "h" if flag in HEADERS else "E"
    return flag in places or group in places


class Tried(NamedTuple):
    """A rule that was tried on an address, and what came of it, as a sentence."""

    rule: Rewriting
    address: str
    said: str


class Rewritten(NamedTuple):
    """What became of an address."""

    address: str
    text: str
    """The same with all that stands around it: ``Bob <bob@ask.com>``."""
    used: tuple[Rewriting, ...]
    """The rules that changed it, in their order."""
    complaints: tuple[str, ...]
    """What was wrong with rules, for the log."""
    tried: tuple[Tried, ...]
    """Every rule for this place, as far as they were tried."""


async def rewrite(
    text: str, flag: str, rules: Sequence[Rewriting], context: Context, qualify: str = ""
) -> Rewritten:
    """Rewrites the address in ``text`` for the place of ``flag``. Raises BadAddress where a header
    holds none; of the envelope, the text is the address.

    ``qualify`` is the domain that a result without one gets, where its rule allows that.
    """
    found = extract(text) if flag in HEADERS else None
    address, at = (found.address, (found.start, found.end)) if found else (text, (0, len(text)))
    work = _Work(text, address, at, context, qualify)
    work.nobody = flag == "F"
    for rule in rules:
        if holds_at(rule, flag) and not await work.use(rule):
            break
    return Rewritten(
        work.address, work.text, tuple(work.used), tuple(work.complaints), tuple(work.tried)
    )


async def rewrite_envelope(
    address: Text, *, recipient: bool, configuration: Configuration, context: Context
) -> Text:
    """An address of the envelope, after the rules for recipients or for senders.

    The empty sender of a bounce stays as it is.
    """
    if not address.text:
        return address
    rules = [rule.meaning for rule in configuration.rewrites]
    flag, domain = "T" if recipient else "F", qualify_recipient(context).text
    made = await rewrite(address.text, flag, rules, context, domain)
    return address.like(made.address)


async def rewrite_smtp(
    text: str, rules: Sequence[Rewriting], context: Context, complaints: list[str] | None = None
) -> str:
    """The address that the first S rule that fits makes of the words of MAIL FROM or RCPT TO; the
    words if none fits, or if no address comes of it: ``complaints`` then gets a sentence."""
    for rule in rules:
        if not holds_at(rule, "S"):
            continue
        pattern = await expand(rule.pattern, context)
        if match := compile(pattern.text).search(text):
            groups = [match.group(n) or "" for n in range(match.groups + 1)]
            context.numeric = tuple(Text(group, True) for group in groups)
            new = (await expand(rule.replacement, context)).text
            try:
                return extract(new, empty=True).address
            except BadAddress as bad:
                if complaints is not None:
                    complaints.append(_unparseable(text, bad, new))
    return text


def _unparseable(old: str, bad: BadAddress, new: str) -> str:
    return f"Rewrite of {old} yielded unparseable address: {bad} in address {new}"


class _Work:
    """An address while the rules go over it."""

    def __init__(
        self, text: str, address: str, at: tuple[int, int], context: Context, qualify: str
    ) -> None:
        self.text, self.context, self.qualify = text, context, qualify
        self.address, self.at = address, at
        self.nobody = False
        """May it become ``<>``? The sender of the envelope may."""
        self.used: list[Rewriting] = []
        self.complaints: list[str] = []
        self.tried: list[Tried] = []

    async def use(self, rule: Rewriting) -> bool:
        """Tries a rule, with R again and again. False: no further rule is tried."""
        goes_on = True
        for _ in range(1 + MOST_ROUNDS if "R" in rule.flags else 1):
            if not await self._fits(rule):
                return goes_on
            if rule.replacement == "*":
                self._say(rule, "it fits, and leaves the address as it is")
                return False
            try:
                new = await self._new(rule)
            except ExpansionFailed as failed:
                return self._no_value(rule, failed)
            if not self._replace(rule, new):
                return False
            goes_on = "q" not in rule.flags
        if "R" in rule.flags:
            self._complain(rule, f"rewrite rule repeat ignored after {MOST_ROUNDS} times")
        return goes_on

    def _say(self, rule: Rewriting, said: str) -> None:
        self.tried.append(Tried(rule, self.address, said))

    def _complain(self, rule: Rewriting, complaint: str) -> None:
        self.complaints.append(complaint)
        self._say(rule, complaint)

    async def _fits(self, rule: Rewriting) -> bool:
        """One item of an address list; the local part counts by the letter."""
        try:
            pattern = await expand(rule.pattern, self.context)
            whom = Address(Text(self.address, True), caseless=False)
            match = await scan(whom, pattern, self.context, single=True)
        except ExpansionFailed as wrong:
            words = f'failed to expand "{rule.pattern}" while checking a list'
            if wrong.forced:
                self._say(rule, "its pattern was forced to fail")
            else:
                self._complain(rule, f"{words}: {wrong.message}")
            return False
        except Deferred as later:
            self._complain(rule, later.help or later.message)
            return False
        self.context.numeric = whom.parts
        if not match.matched:
            self._say(rule, "it does not fit")
        return match.matched

    async def _new(self, rule: Rewriting) -> str:
        """What stands in the address's place. Its parts are known only here, not in patterns."""
        known = self.context.variables
        before = known.get("local_part", EMPTY), known.get("domain", EMPTY)
        local_part, _, domain = self.address.rpartition("@")
        known["local_part"], known["domain"] = Text(local_part, True), Text(domain, True)
        try:
            return (await expand(rule.replacement, self.context)).text
        finally:
            known["local_part"], known["domain"] = before

    def _no_value(self, rule: Rewriting, failed: ExpansionFailed) -> bool:
        if failed.forced:
            self._say(rule, "it fits, and its replacement was forced to fail")
            return "q" not in rule.flags
        words = f"Expansion of {rule.replacement} failed while rewriting: {failed.message}"
        self._complain(rule, words)
        return False

    def _replace(self, rule: Rewriting, new: str) -> bool:
        """Puts a new address into the old one's place; False if it is none."""
        try:
            found = self._qualified(rule, extract(new, empty=self.nobody))
        except BadAddress as bad:
            self._complain(rule, _unparseable(self.address, bad, new))
            return False
        if not found.domain and found.address:
            words = f'yielded unqualified address "{found.address}"'
            self._complain(rule, f"Rewrite of {self.address} {words}")
            return False
        self._say(rule, f"it fits: the address becomes {found.address or '<>'}")
        if "w" in rule.flags:
            self.text, self.at = new, (found.start, found.end)
        else:
            start, end = self.at
            self.text = self.text[:start] + found.address + self.text[end:]
            self.at = (start, start + len(found.address))
        self.address = found.address
        self.used.append(rule)
        return True

    def _qualified(self, rule: Rewriting, found: Extracted) -> Extracted:
        if found.domain or not found.address or "Q" not in rule.flags or not self.qualify:
            return found
        return extract(f"{found.address}@{self.qualify}")
