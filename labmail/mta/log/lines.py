"""The line for each thing that happens to a letter, in Exim's words and order.

Each function takes what has happened, and the `Selection` that says how much of it is written.

Law: Exim specification, §53.6 to §53.13 and §53.15.

Try: ``arrival(letter, Origin(protocol="local", ident="ann"))``.
"""

from __future__ import annotations

from contextlib import suppress
from email.errors import HeaderParseError
from email.header import decode_header, make_header
from typing import TYPE_CHECKING

from ..header import find
from ..hosts import Host
from ..reception.received import Origin
from ..recipient import Recipient
from .selecting import ORDINARY, Selection
from .signs import AUTHENTICATORS, of_client, of_host, quoted

if TYPE_CHECKING:
    from labmail.message.outcome import Signs

    from ..letter import Letter

__all__ = [
    "AUTHENTICATORS",
    "address",
    "arrival",
    "client",
    "completed",
    "deferral",
    "delivery",
    "discarded",
    "failure",
    "noted_arrival",
    "rejection",
]


# ── in ───────────────────────────────────────────────────────────────────────────────────────────

HELD = -23
"""Exim's number for an address of a domain that is held (``hold_domains``)."""


def arrival(
    letter: Letter,
    origin: Origin,
    *,
    about: str = "",
    chunks: bool = False,
    took: float = 0.0,
    wanted: Selection = ORDINARY,
) -> str:
    """``<=``: a letter came in. ``about`` is the id of the letter that a bounce tells about;
    ``took`` the seconds that it needed."""
    words = ["<=", *_arrival(letter, origin, about, chunks, took, wanted)]
    if "received_sender" in wanted:
        words.append(f"from <{letter.sender}>")
    if "received_recipients" in wanted:
        words += ["for", *letter.head.recipients]
    return " ".join(words)


def noted_arrival(
    letter: Letter,
    origin: Origin,
    *,
    about: str = "",
    chunks: bool = False,
    wanted: Selection = ORDINARY,
) -> str:
    """The same for the letter's own log."""
    return " ".join(["Received from", *_arrival(letter, origin, about, chunks, 0.0, wanted)])


def _arrival(
    letter: Letter, origin: Origin, about: str, chunks: bool, took: float, wanted: Selection
) -> list[str]:
    words = [letter.sender or "<>"]
    words += [f"R={about}"] if about else []
    words += of_client(origin, wanted, chunks=chunks)
    words.append(f"S={letter.size}")
    if "8bitmime" in wanted:
        words.append(f"M8S={letter.head.facts.get('body_8bitmime', '0')}")
    if "receive_time" in wanted:
        words.append(f"RT={wanted.span(took)}")
    words += _ids(letter, wanted)
    subject = find(letter.fields, "Subject") if "subject" in wanted else None
    if subject is not None:
        words.append(f"T={_shown(subject, wanted)}")
    return words


def _ids(letter: Letter, wanted: Selection) -> list[str]:
    """``id=``: the author's own name for the letter; ``id*=`` where we had to give it one."""
    named = letter.message_id
    if not named:
        return []
    if named.startswith(f"E{letter.id}@"):
        return [f"id*={named}"] if "msg_id_created" in wanted else []
    return [f"id={named}"] if "msg_id" in wanted else []


def _shown(subject: str, wanted: Selection) -> str:
    """A subject, decoded and quoted, with octets beyond ASCII as ``\\303\\251``."""
    text = subject.strip()
    with suppress(HeaderParseError, LookupError, UnicodeError, ValueError):
        text = str(make_header(decode_header(text)))
    text = quoted(text)
    if wanted.topbit:
        return text
    octets = text.encode("utf-8", "surrogateescape")
    return "".join(chr(each) if 32 <= each < 127 else f"\\{each:03o}" for each in octets)


def rejection(
    origin: Origin,
    sender: str,
    recipient: str,
    problem: str,
    *,
    temporary: bool,
    wanted: Selection = ORDINARY,
) -> str:
    """A recipient that was refused at RCPT."""
    verb = "temporarily rejected" if temporary else "rejected"
    return f"{client(origin, wanted)} F=<{sender}> {verb} RCPT <{recipient}>: {problem}"


def client(origin: Origin, wanted: Selection = ORDINARY) -> str:
    """Who is talking to us, at the head of a line about a dialogue."""
    return " ".join(word for word in of_client(origin, wanted) if not word.startswith(("P=", "A=")))


# ── out ──────────────────────────────────────────────────────────────────────────────────────────


def delivery(
    recipient: Recipient,
    *,
    router: str,
    transport: str,
    host: Host | None = None,
    reply: str = "",
    again: bool = False,
    signs: Signs | None = None,
    letter: Letter | None = None,
    path: str | None = None,
    size: int | None = None,
    now: float = 0.0,
    shadow: str = "",
    local: bool | None = None,
    wanted: Selection = ORDINARY,
) -> str:
    """``=>``, or ``->`` for the further addresses of one delivery.

    ``path`` is the return path it went with; ``now`` in POSIX seconds; ``local``: the router wants
    it to look like a delivery on this host, as ``accept`` does.
    """
    short = host is None if local is None else local and host is None
    words = ["->" if again else "=>", address(recipient, wanted, short=short)]
    words += _paths(letter, path, wanted)
    words += [f"R={router}"] if router else []
    words += [f"T={transport}"] if transport else []
    words += [f"S={size}"] if size is not None and "delivery_size" in wanted else []
    if host is not None:
        words += of_host(host.name, host.address, signs, wanted)
    words += [f"ST={shadow}"] if shadow else []
    words += [f"C={quoted(reply)}"] if reply and "smtp_confirmation" in wanted else []
    if letter is not None and "queue_time" in wanted:
        words.append(f"QT={wanted.span(now - letter.head.received)}")
    return " ".join([*words, *_took(signs, wanted)])


def deferral(
    recipient: Recipient,
    problem: str,
    *,
    errno: int,
    router: str = "",
    transport: str = "",
    host: str = "",
    signs: Signs | None = None,
    wanted: Selection = ORDINARY,
) -> str:
    """``==``: put off. ``errno`` is the system's number, or a negative one of Exim's own."""
    where = _where(router, transport) or ("" if errno == HELD else " routing")
    words = [f"== {address(recipient, wanted)}{where} defer ({errno})"]
    words += [host] if host else []
    return f"{' '.join([*words, *_took(signs, wanted)])}{f': {problem}' if problem else ''}"


def failure(
    recipient: Recipient,
    problem: str,
    *,
    router: str = "",
    transport: str = "",
    host: str = "",
    letter: Letter | None = None,
    path: str | None = None,
    signs: Signs | None = None,
    wanted: Selection = ORDINARY,
) -> str:
    """``**``: failed for good."""
    words = [f"** {address(recipient, wanted)}", *_paths(letter, path, wanted)]
    words += [_where(router, transport).strip()] if router or transport else []
    words += [host] if host else []
    if signs is not None and host:
        words += of_host("", "", signs, wanted)[1:]
    return " ".join([f"{' '.join(words)}: {problem}", *_took(signs, wanted)])


def discarded(recipient: Recipient, router: str, what: str = ":blackhole:") -> str:
    """``:blackhole:``, or a filter that has finished without a delivery (``discarded``)."""
    return f"=> {what} <{recipient.original.address}> R={router}"


def completed(letter: Letter, now: float, wanted: Selection = ORDINARY) -> str:
    """Everybody is done; ``now`` in POSIX seconds."""
    if "queue_time_overall" not in wanted:
        return "Completed"
    return f"Completed QT={wanted.span(now - letter.head.received)}"


def address(recipient: Recipient, wanted: Selection = ORDINARY, *, short: bool = False) -> str:
    """An address, those it was made of, and the one of the envelope where that was another.

    ``short``: a delivery on this host shows the local part alone. Of those in between, the last
    is shown for a file or a program, and all where ``all_parents`` asks for them. Whoever took
    the place of a list in the envelope is shown with it.
    """
    top, name = recipient.original, recipient.address
    shown = recipient.local_part if short or recipient.made else name
    between = [each.address for each in recipient.ancestors()][:-1]
    everybody = "all_parents" in wanted
    if not everybody:
        between = between[:1] if recipient.made else []
    text = f"{shown} ({', '.join(between)})" if between else shown
    same = shown == name and _alike(name, top.address) and not (everybody and between)
    return text if same and not top.once else f"{text} <{recipient.known_as}>"


def _alike(one: str, other: str) -> bool:
    """The same address: the case of the domain does not count."""
    (here, _, domain), (there, _, other_domain) = one.rpartition("@"), other.rpartition("@")
    return here == there and domain.lower() == other_domain.lower()


def _paths(letter: Letter | None, path: str | None, wanted: Selection) -> list[str]:
    """F= and P=: whose letter it is, and where its bounces go."""
    words = []
    if letter is not None and "sender_on_delivery" in wanted:
        words.append(f"F=<{letter.sender}>")
    if path is not None and "return_path_on_delivery" in wanted:
        words.append(f"P=<{path}>")
    return words


def _took(signs: Signs | None, wanted: Selection) -> list[str]:
    """DT=: how long the transport needed."""
    if "deliver_time" not in wanted:
        return []
    seconds = getattr(signs, "seconds", None)
    return [f"DT={wanted.span(seconds or 0.0)}"]


def _where(router: str, transport: str) -> str:
    return f"{f' R={router}' if router else ''}{f' T={transport}' if transport else ''}"
