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
from labmail.exim.options.rewrite import Rewriting
from labmail.exim.regex import compile
from labmail.exim.text import Text

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
"""How often a rule with the flag R is used in a row."""


def holds_at(rule: Rewriting, flag: str) -> bool:
    """Whether a rule is for this place. Without any place it is for all but SMTP."""
    places = set(rule.flags) - set("qQRw")
    if flag == "S" or not places:
        return (flag == "S") == ("S" in places)
    group = "h" if flag in HEADERS else "E"
    return flag in places or group in places


class Rewritten(NamedTuple):
    """What became of an address."""

    address: str
    text: str
    """The same with all that stands around it: ``Bob <bob@ask.com>``."""
    used: tuple[Rewriting, ...]
    """The rules that changed it, in their order."""
    complaints: tuple[str, ...]
    """What was wrong with rules, for the log."""


async def rewrite(
    text: str, flag: str, rules: Sequence[Rewriting], context: Context, qualify: str = ""
) -> Rewritten:
    """Rewrites the address in ``text`` for the place of ``flag``. Raises BadAddress.

    ``qualify`` is the domain that a result without one gets, where its rule allows that.
    """
    work = _Work(text, context, qualify)
    for rule in rules:
        if holds_at(rule, flag) and not await work.use(rule):
            break
    return Rewritten(work.address, work.text, tuple(work.used), tuple(work.complaints))


async def rewrite_envelope(
    address: Text, *, recipient: bool, configuration: Configuration, context: Context
) -> Text:
    """An address of the envelope, after the rules for recipients or for senders.

    What is no address, such as the empty sender of a bounce, stays as it is.
    """
    rules = [rule.meaning for rule in configuration.rewrites]
    domain = context.setting("qualify_recipient" if recipient else "qualify_domain")
    try:
        made = await rewrite(address.text, "T" if recipient else "F", rules, context, domain)
    except BadAddress:
        return address
    return address._replace(text=made.address)


async def rewrite_smtp(text: str, rules: Sequence[Rewriting], context: Context) -> str:
    """The words of MAIL FROM or RCPT TO after the first S rule that fits; as they were if none."""
    for rule in rules:
        if not holds_at(rule, "S"):
            continue
        pattern = await expand(rule.pattern, context)
        if match := compile(pattern.text).search(text):
            groups = [match.group(n) or "" for n in range(match.groups + 1)]
            context.numeric = tuple(Text(group, True) for group in groups)
            return (await expand(rule.replacement, context)).text
    return text


class _Work:
    """An address while the rules go over it."""

    def __init__(self, text: str, context: Context, qualify: str) -> None:
        found = extract(text)
        self.text, self.context, self.qualify = text, context, qualify
        self.address, self.at = found.address, (found.start, found.end)
        self.used: list[Rewriting] = []
        self.complaints: list[str] = []

    async def use(self, rule: Rewriting) -> bool:
        """Tries a rule, with R again and again. False: no further rule is tried."""
        for _ in range(MOST_ROUNDS if "R" in rule.flags else 1):
            if not await self._fits(rule):
                return True
            try:
                new = (await expand(rule.replacement, self.context)).text
            except ExpansionFailed as failed:
                return self._no_value(rule, failed)
            if new == "*":
                return "q" not in rule.flags
            if not self._replace(rule, new):
                return False
            if "q" in rule.flags:
                return False
        if "R" in rule.flags:
            self.complaints.append(f"rewrite rule repeat ignored after {MOST_ROUNDS} times")
        return True

    async def _fits(self, rule: Rewriting) -> bool:
        """One item of an address list; the local part counts by the letter."""
        at = self.address.rfind("@")
        known = self.context.variables
        known["local_part"] = Text(self.address[:at], True)
        known["domain"] = Text(self.address[at + 1 :], True)
        try:
            pattern = await expand(rule.pattern, self.context)
            whom = Address(Text(self.address, True), caseless=False)
            match = await scan(whom, pattern, self.context, single=True)
        except (Deferred, ExpansionFailed) as wrong:
            self.complaints.append(wrong.help or wrong.message)
            return False
        self.context.numeric = whom.parts
        return match.matched

    def _no_value(self, rule: Rewriting, failed: ExpansionFailed) -> bool:
        if failed.forced:
            return "q" not in rule.flags
        self.complaints.append(
            f"Expansion of {rule.replacement} failed while rewriting: {failed.message}"
        )
        return False

    def _replace(self, rule: Rewriting, new: str) -> bool:
        """Puts a new address into the old one's place; False if it is none."""
        try:
            found = self._qualified(rule, extract(new))
        except BadAddress as bad:
            self.complaints.append(
                f"Rewrite of {self.address} yielded unparseable address: {bad} in address {new}"
            )
            return False
        if not found.domain:
            self.complaints.append(
                f'Rewrite of {self.address} yielded unqualified address "{found.address}"'
            )
            return False
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
        if found.domain or "Q" not in rule.flags or not self.qualify:
            return found
        return extract(f"{found.address}@{self.qualify}")
