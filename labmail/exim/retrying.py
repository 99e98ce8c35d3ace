"""Retrying: which rule holds for an address or a host that has failed, and for which failure.

    begin retry
    *.wide.example   timeout_connect   F,1d,1h         a host that nobody answers at
    shop.example     quota_7d          F,7d,1d         a mailbox full, and unread for a week
    *                *                 F,2h,15m; G,16h,1h,1.5; F,4d,6h

The first rule counts of which all holds: its pattern fits, its error is what happened, and, where
it names senders, the letter is from one of them. A rule without times means: do not try again.

A failure is more exact than a rule needs to be. ``timeout`` in a rule is any time-out, while
``timeout_connect_MX`` is one of a connection to a host that an MX record named:

    a rule says     and holds for
    *               everything
    timeout         timeout, timeout_A, timeout_connect_MX …
    timeout_A       those of a host that was found by its address record
    quota_7d        a mailbox that nobody has read for seven days, or longer
    rcpt_45x        a reply 450 to 459 to RCPT

Law: Exim specification, chapter 32.

Try: ``labmail exim -brt ask.com refused_MX``.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

from labmail.exim.config.times import read_time, show_time
from labmail.exim.errors import Deferred, ExpansionFailed
from labmail.exim.expansion.evaluator import expand
from labmail.exim.expansion.lists.addresses import Address, match_address
from labmail.exim.expansion.lists.scan import scan
from labmail.exim.options.retry import Retrying, Stretch, check_error
from labmail.exim.text import Text

if TYPE_CHECKING:
    from labmail.exim.expansion.context import Context


class Failure(NamedTuple):
    """What went wrong, as far as retry rules tell failures apart."""

    kind: str
    """``*``, ``timeout``, ``refused``, ``quota``, ``auth_failed``, ``mail``, ``rcpt``, ``data``,
    ``lost_connection``, ``lookup``, ``tls_required``."""
    host: str = ""
    """``A`` or ``MX``: which record named the host that did not answer."""
    connecting: bool = False
    """Whether it was while a connection was made."""
    unread: int = 0
    """For how many seconds nobody has read the full mailbox."""
    reply: str = ""
    """The last two digits of a reply 4xx; ``x`` for any."""

    @property
    def name(self) -> str:
        """As ``-brt`` shows it, which has no words for some."""
        if self.kind == "timeout":
            return "timeout" + "_connect" * self.connecting + (self.host and f"_{self.host}")
        if self.kind == "refused":
            return "refused" + (self.host and f"_{self.host}")
        if self.kind == "quota":
            return "quota" + (f"_{show_time(self.unread)}" if self.unread else "")
        return self.kind if self.kind == "auth_failed" else "*"

    def covers(self, other: Failure) -> bool:
        """Whether a rule with this error holds for the failure ``other``."""
        if self.kind == "*":
            return True
        return (
            self.kind == other.kind
            and self.host in ("", other.host)
            and self.connecting <= other.connecting
            and self.unread <= other.unread
            and all(
                digit in ("x", its) for digit, its in zip(self.reply, other.reply, strict=False)
            )
        )


ANY = Failure("*")


def failure(name: str) -> Failure:
    """The failure of a name: ``timeout_connect_MX``, ``rcpt_45x``; the words may be cut short.

    Raises ConfigError for a name of nothing.
    """
    check_error(name)
    word, cut, more = name.lower().partition("_")
    if word == "timeout":
        return _timeout(more) if cut else Failure(word)
    if word == "refused":
        return Failure(word, _host(more) if cut else "")
    if word == "quota":
        return Failure(word, unread=(read_time(more) or 0) if cut else 0)
    if more.startswith("4"):
        return Failure(REPLIES.get(name[0], "data"), reply=more[1:])
    return Failure(
        next((known for known in NAMED if known.startswith(name.lower())), "auth_failed")
    )


NAMED = ("*", "lost_connection", "lookup", "tls_required")
REPLIES = {"m": "mail", "r": "rcpt"}
"""By the first letter as it is written: a capital one is none of these."""


def _timeout(more: str) -> Failure:
    what, host_follows, host = more.partition("_")
    if what and "dns".startswith(what):
        return Failure("timeout")
    if what and "connect".startswith(what):
        return Failure("timeout", _host(host) if host_follows else "", connecting=True)
    return Failure("timeout", _host(what))


def _host(word: str) -> str:
    """Any beginning of ``A`` or ``MX`` will do, even none."""
    return "A" if "a".startswith(word) else "MX"


class Case(NamedTuple):
    """Who failed, and how: the address or the domain, another name for it, the sender."""

    key: str
    failure: Failure = ANY
    other: str = ""
    """The host, where ``key`` is the domain; tried with each rule after ``key``."""
    sender: Text | None = None
    """Where nobody knows it, rules with senders do not hold."""


async def find_rule(rules: Sequence[Retrying], case: Case, context: Context) -> Retrying | None:
    """The first rule that holds, or None: then the first failure is the last one."""
    for rule in rules:
        if not await objection(rule, case, context):
            return rule
    return None


async def objection(rule: Retrying, case: Case, context: Context) -> str:
    """Why a rule does not hold; "" where it does."""
    if not failure(rule.error).covers(case.failure):
        return f"it is for {rule.error}, and the failure is {_named(case.failure)}"
    keys = [key for key in (case.key, case.other) if key]
    if not any([await _fits(rule.pattern, key, context) for key in keys]):
        return f"{rule.pattern} does not fit {' or '.join(keys)}"
    if rule.senders is not None and not await _is_from(case.sender, rule.senders, context):
        who = "nobody knows the sender" if case.sender is None else f"not {case.sender.text}"
        return f"it is for letters from {rule.senders}: {who}"
    return ""


def _named(failure: Failure) -> str:
    return "any" if failure.kind == "*" else failure.name


async def _fits(pattern: str, key: str, context: Context) -> bool:
    """One item of an address list; a domain alone is anybody there."""
    whom = Address(Text(key if "@" in key else f"*@{key}"))
    try:
        item = await expand(pattern, context)
        return (await scan(whom, item, context, single=True)).matched
    except (Deferred, ExpansionFailed):
        return False


async def _is_from(sender: Text | None, senders: str, context: Context) -> bool:
    if sender is None:
        return False
    try:
        return (await match_address(context, sender, Text(senders), expand=True)).matched
    except (Deferred, ExpansionFailed):
        return False


def show(rule: Retrying) -> str:
    """A rule as ``-brt`` prints it: ``*  *  F,2h,15m; G,16h,1h,1.5; ``."""
    return f"{rule.pattern}  {failure(rule.error).name}  " + "".join(map(_shown, rule.stretches))


def _shown(stretch: Stretch) -> str:
    times = f"{stretch.letter},{show_time(stretch.until)},{show_time(stretch.interval)}"
    if stretch.letter != "G":
        return f"{times}; "
    whole, thousandths = divmod(stretch.factor, 1000)
    return f"{times},{whole}." + f"{thousandths:03}".rstrip("0").ljust(1, "0") + "; "
