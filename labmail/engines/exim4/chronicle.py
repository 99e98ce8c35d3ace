"""The chronicle: what the logs of real Exims say, told as the lab's events.

Exim writes a line when something has happened; the lab tells an event with its cause, so that a
letter has one story from desk to desk. Between the two stands the question *which letter is this?*
Each host gives it an id of its own, and three witnesses join them::

    alice's user agent    heard “250 OK id=1xW8Q5-00000B-0n”: that is alice@example.com/1
    the ear on the way    heard the same, from whom, for whom, and every word (ear.py)
    the sender's log      => bob@ask.com … C="250 OK id=1xW8Q6-00000K-1u"

So a line ``<=`` waits a moment until somebody has said whose letter it is. What no log tells is not
told: which rules let a letter pass, which routers declined, what the DNS was asked.

Law: Exim specification, chapter 53. Try: ``Lab("two_companies", engine="exim4")`` and a letter.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from labmail.mta import events as mta
from labmail.smtp import events as smtp
from labmail.trace import Chapter, Event, Recorder, Said

from .ear import Receipt, id_in
from .logline import LogLine

Place = tuple[str, str]
"""A host's name, and an id that it has given."""
LARGEST = 65_536
"""Octets of a letter that are kept of what was said."""


@dataclass(slots=True)
class Known:
    """A letter at one host."""

    host: str
    id: str
    name: str
    sender: str = ""
    recipients: tuple[str, ...] = ()
    event: str | None = None
    """The last event that is the cause of what comes: that it was taken in."""
    routed: dict[str, str] = field(default_factory=dict)
    """For each address, the event that told its router."""
    done: set[str] = field(default_factory=set)
    failed: list[str] = field(default_factory=list)
    lost: str | None = None
    """The event that told of the last failure."""
    where: str = ""
    """The host that was tried last."""
    trouble: str | None = None
    """The event that told why it could not be reached."""


@dataclass(frozen=True, slots=True)
class Mailbox:
    """Where a login's mail lies: ``maildir`` or ``mbox``, and its path."""

    kind: str
    path: str


@dataclass(slots=True)
class Surroundings:
    """What the chronicle asks of the lab."""

    name_of: Callable[[str], str]
    """The host that has an address, or the address."""
    hosts: frozenset[str]
    """The hosts that are written about here."""
    mailbox: Callable[[str, str], Mailbox | None]
    """Of a host and a login."""
    find: Callable[[str, Mailbox, str], tuple[str, str]]
    """File and unique id of the message that came to a host under an id; "" where it is gone."""
    is_hinted: Callable[[str], bool]
    """Whether what a host remembers of its last failures is known."""
    next_try: Callable[[str, list[str]], float]
    """Seconds until a host tries again what has one of these words to it."""


class Chronicle:
    """Tells ``trace`` what the logs of all the town's Exims say."""

    def __init__(self, trace: Recorder, around: Surroundings) -> None:
        self._trace, self._around = trace, around
        self._known: dict[Place, Known] = {}
        self._receipts: dict[Place, Receipt] = {}
        self._waiting: defaultdict[Place, list[LogLine]] = defaultdict(list)
        self._offers: dict[str, Event] = {}
        for event in trace.events:
            self._remember(event)
        self._forget = trace.watch(self._witness)

    def close(self) -> None:
        """Listens no longer."""
        self._forget()

    def name(self, host: str, id: str) -> str | None:
        """The lab's name of a letter that waits at a host under an id."""
        known = self._known.get((host, id))
        return known.name if known else None

    # -- witnesses

    def _remember(self, event: Event) -> None:
        """A letter of an earlier run that still waits is the same letter."""
        if isinstance(event, mta.Spooled) and event.letter:
            place = event.host, event.id
            self._known[place] = Known(
                *place, event.letter, event.sender, event.recipients, event.name
            )

    def _witness(self, event: Event) -> None:
        """A client of the lab says which id its letter got."""
        if isinstance(event, smtp.Answered) and event.accepted and event.target in self._around.hosts:
            if taken := id_in(event.reply):
                receipt = self._receipts.setdefault((event.target, taken), Receipt())
                receipt.letter, receipt.connection = event.letter, event.connection
                receipt.cause = receipt.cause or event.cause
                receipt.sender_known = True
                if event.recipient and event.recipient not in receipt.recipients:
                    receipt.recipients += (event.recipient,)

    def take(self, host: str, id: str, heard: Receipt, by_exim: bool) -> None:
        """An ear hands in a receipt. Of a letter that another Exim sends, that one's log says which
        it is."""
        known = self._receipts.setdefault((host, id), Receipt())
        known.connection, known.words = heard.connection, heard.words
        known.recipients = known.recipients or heard.recipients
        if not known.sender_known and not by_exim:
            known.letter, known.cause, known.sender_known = heard.letter, heard.cause, True

    # -- lines

    def read(self, host: str, line: LogLine) -> None:
        """A line of a host's log, in its order."""
        place = host, line.id
        if not line.id:
            self._refused(host, line)
        elif place in self._waiting or not self._ready(place, line):
            self._waiting[place].append(line)
        else:
            self._tell(place, line)

    def _ready(self, place: Place, line: LogLine) -> bool:
        if line.flag == "==":
            return self._around.is_hinted(place[0])
        if line.flag != "<=" or "H" not in line.fields:
            return True
        receipt = self._receipts.get(place)
        return receipt is not None and receipt.sender_known

    def go_on(self, *, at_last: bool = False) -> None:
        """Tells what waited for a witness; ``at_last``: nobody will say any more."""
        for place in tuple(self._waiting):
            if at_last or self._ready(place, self._waiting[place][0]):
                self._release(place)

    @property
    def waits(self) -> bool:
        """Whether any line waits for a witness."""
        return bool(self._waiting)

    def _release(self, place: Place) -> None:
        for line in self._waiting.pop(place, ()):
            self._tell(place, line)

    def _tell(self, place: Place, line: LogLine) -> None:
        if line.flag == "<=":
            self._arrived(place, line)
            return
        known = self._known.get(place)
        if known is None:
            known = self._known[place] = Known(*place, f"{place[0]}/{place[1]}")
        match line.flag:
            case "=>" | "->":
                self._delivered(known, line)
            case "==":
                self._put_off(known, line)
            case "**":
                self._given_up(known, line)
            case _:
                self._words(known, line.text)

    # -- it came

    def _arrived(self, place: Place, line: LogLine) -> None:
        host, id = place
        sender = line.address.strip("<>") if line.address == "<>" else line.address
        if "H" in line.fields:
            known = self._from_outside(place, line, sender)
        else:
            known = self._own(place, line, sender)
        self._known[place] = known
        known.event = self._say(
            known,
            mta.Spooled,
            cause=known.event,
            leg=_leg(known, "send" if "A" in line.fields else "take"),
            id=id,
            sender=sender,
            recipients=known.recipients,
            size=int(line.fields.get("S", "0")),
            own="H" not in line.fields,
        )

    def _from_outside(self, place: Place, line: LogLine, sender: str) -> Known:
        receipt = self._receipts.pop(place, Receipt())
        known = Known(*place, receipt.letter or "/".join(place), sender, receipt.recipients)
        leg = _leg(known, "send" if "A" in line.fields else "take")
        client = line.host[1]
        about: dict[str, Any] = {"leg": leg, "connection": receipt.connection}
        known.event = receipt.cause
        if login := line.fields.get("A", ""):
            known.event = self._say(
                known,
                smtp.Authenticated,
                cause=known.event,
                login=login.partition(":")[2],
                mechanism="LOGIN" if login.startswith("login") else "PLAIN",
                client=self._around.name_of(client),
                accepted=True,
                tls=line.fields.get("X"),
                **about,
            )
        self._said(known, receipt)
        known.event = self._say(
            known,
            smtp.ContentTaken,
            cause=known.event,
            sender=sender,
            recipients=receipt.recipients,
            size=int(line.fields.get("S", "0")),
            came_from=self._around.name_of(client),
            **about,
        )
        return known

    def _said(self, known: Known, receipt: Receipt) -> None:
        for word in receipt.words:
            self._say(
                known,
                Said,
                cause=known.event,
                connection=receipt.connection,
                protocol="SMTP",
                speaker=word.speaker,
                text=word.octets[:LARGEST].decode("latin-1"),
                masked=word.masked,
                elided=max(0, len(word.octets) - LARGEST),
            )

    def _own(self, place: Place, line: LogLine, sender: str) -> Known:
        """A letter of the host's own: a bounce, mostly. ``R`` names the letter it is about."""
        known = Known(*place, "/".join(place), sender)
        about = self._known.get((place[0], line.fields.get("R", "")))
        if about is None:
            return known
        known.recipients, known.event = (about.sender,), about.lost or about.event
        if not sender and about.failed:
            failed, about.failed = tuple(about.failed), []
            known.event = self._say(
                about,
                mta.Bounced,
                cause=known.event,
                leg="return",
                id=about.id,
                bounce=known.name,
                to=about.sender,
                recipients=failed,
            )
        return known

    # -- it went

    def _delivered(self, known: Known, line: LogLine) -> None:
        recipient, address = _whom(known, line)
        if line.address == ":blackhole:":
            self._end(known, line, recipient, mta.Discarded, router=line.fields.get("R", ""))
            return
        routed = self._routed(known, line, recipient, address)
        if "H" in line.fields:
            self._handed_over(known, line, recipient, address, routed)
        elif line.address.startswith("|"):
            self._end(known, line, recipient, mta.Piped, routed, program=line.address[1:])
        elif line.address.startswith(">"):
            self._end(known, line, recipient, mta.Replied, routed, reply="")
        else:
            self._stored(known, line, recipient, routed)

    def _handed_over(
        self, known: Known, line: LogLine, recipient: str, address: str, routed: str | None
    ) -> None:
        host, ip = line.host
        target, reply = self._around.name_of(ip), line.fields.get("C", "")
        if target == ip:
            target = host or ip
        there = target, id_in(reply)
        if target in self._around.hosts and there[1] and there not in self._known:
            routed = self._offer(known, target, address, there, routed)
            self._release(there)
        self._end(
            known,
            line,
            recipient,
            mta.HandedOver,
            routed,
            target=target,
            target_address=ip,
            reply=reply,
        )

    def _offer(
        self, known: Known, target: str, address: str, there: Place, routed: str | None
    ) -> str | None:
        """Our letter is theirs, under another id."""
        receipt = self._receipts.setdefault(there, Receipt())
        recipients = receipt.recipients or (address,)
        told = self._say(
            known,
            smtp.Offered,
            cause=routed,
            leg=_leg(known, "take"),
            connection=receipt.connection,
            sender=known.sender,
            recipients=recipients,
            target=target,
        )
        receipt.letter, receipt.cause, receipt.sender_known = known.name, told, True
        receipt.recipients = recipients
        return told or routed

    def _stored(
        self, known: Known, line: LogLine, recipient: str, routed: str | None
    ) -> None:
        box = self._around.mailbox(known.host, line.address)
        if box is None:
            box = Mailbox("mbox", line.address)
        file, uid = self._around.find(known.host, box, known.id)
        for who in self._alike(known, line, recipient):
            self._end(
                known,
                line,
                who,
                mta.Stored,
                routed,
                store=box.kind,
                mailbox=box.path,
                file=file or box.path,
                uid=uid,
            )

    def _alike(self, known: Known, line: LogLine, recipient: str) -> list[str]:
        """The recipient, and one who was named beside and turned out to be the same person."""
        same = [
            each
            for each in known.recipients
            if each.partition("@")[0] == line.address
            and each.partition("@")[2] == recipient.partition("@")[2]
            and each != recipient
            and each not in known.done
        ]
        return [recipient, *same]

    def _routed(
        self, known: Known, line: LogLine, recipient: str, address: str
    ) -> str | None:
        router, transport = line.fields.get("R", ""), line.fields.get("T", "")
        if not router:
            return known.event
        if address not in known.routed:
            far = "H" in line.fields
            host = (self._around.name_of(line.host[1]),) if far else ()
            told = self._say(
                known,
                mta.Routed,
                cause=known.event,
                recipient=recipient,
                leg=_leg(known, "route" if far or line.flag == "==" else "take"),
                router=router,
                address=address,
                because=f"its log says R={router}" + (f" T={transport}" if transport else ""),
                transport=transport,
                hosts=host,
            )
            known.routed[address] = told or known.event or ""
        return known.routed[address] or None

    # -- it stays

    def _put_off(self, known: Known, line: LogLine) -> None:
        recipient, address = _whom(known, line)
        routed = known.trouble or self._routed(known, line, recipient, address)
        host, ip = line.host
        wait = self._around.next_try(known.host, [ip, known.where, address, f":{_domain(address)}"])
        self._say(
            known,
            mta.PutOff,
            cause=routed,
            recipient=recipient,
            leg=_leg(known, "take"),
            id=known.id,
            address=address,
            transport=line.fields.get("T", ""),
            problem=line.why,
            wait=wait,
            rule=(f"its log says: {line.text}",),
        )

    def _given_up(self, known: Known, line: LogLine) -> None:
        recipient, address = _whom(known, line)
        routed = self._routed(known, line, recipient, address)
        known.failed.append(recipient)
        known.done.add(recipient)
        known.lost = self._say(
            known,
            mta.GivenUp,
            cause=known.trouble or routed,
            recipient=recipient,
            leg="return",
            id=known.id,
            address=address,
            transport=line.fields.get("T", ""),
            problem=line.why,
            reasons=(f"its log says: {line.text}",),
            timed_out="retry timeout exceeded" in line.why,
        )

    def _words(self, known: Known, text: str) -> None:
        if text == "Completed":
            self._say(known, mta.Completed, cause=known.event, leg=_leg(known, "take"), id=known.id)
            self._known.pop((known.host, known.id), None)
        elif text.startswith(("Frozen", "Message is frozen")):
            left = tuple(each for each in known.recipients if each not in known.done)
            about: dict[str, Any] = {"problem": text, "bounce": not known.sender, "id": known.id}
            leg = _leg(known, "take")
            self._say(known, mta.Frozen, cause=known.event, leg=leg, recipients=left, **about)
        elif text.startswith("H=") or "[" in text.partition(" ")[2]:
            self._unreachable(known, text)

    def _unreachable(self, known: Known, text: str) -> None:
        """``H=mail.ask.com [128.10.30.2] Connection refused``"""
        ip = text.partition("[")[2].partition("]")[0]
        problem = text.partition("] ")[2].removeprefix(": ")
        target = self._around.name_of(ip)
        if not ip or target == ip or not problem:
            return
        known.where = ip
        known.trouble = self._say(
            known,
            smtp.ConnectFailed,
            cause=known.event,
            leg=_leg(known, "take"),
            target=target,
            address=ip,
            port=25,
            problem=problem,
        )

    def _refused(self, host: str, line: LogLine) -> None:
        """``H=(me) [192.0.2.1] F=<a@b> rejected RCPT <x@y>: relay not permitted``"""
        before, rejected, after = line.text.partition(" rejected RCPT ")
        if not rejected:
            return
        client = before.partition("[")[2].partition("]")[0]
        recipient, _, words = after.partition(": ")
        self._trace.tell(
            mta.AclChecked,
            host=host,
            recipient=recipient.strip("<>"),
            leg="take",
            client=self._around.name_of(client),
            sender=before.partition(" F=<")[2].partition(">")[0],
            accepted=False,
            rule="",
            reasons=(words or "its log gives no reason",),
            reply=words,
        )

    # -- telling

    def _end(
        self,
        known: Known,
        line: LogLine,
        recipient: str,
        kind: type[mta.AddressEvent],
        cause: str | None = None,
        /,
        **fields: Any,
    ) -> None:
        known.done.add(recipient)
        known.trouble = None
        self._say(
            known,
            kind,
            cause=cause or known.event,
            recipient=recipient,
            leg=_leg(known, "take"),
            id=known.id,
            address=_whom(known, line)[1],
            transport=line.fields.get("T", ""),
            **fields,
        )

    def _say(self, known: Known, kind: type[Event], /, **fields: Any) -> str | None:
        return self._trace.tell(kind, host=known.host, letter=known.name, **fields).name or None


def _leg(known: Known, otherwise: Chapter) -> Chapter:
    """A letter without a sender is on its way back."""
    return "return" if not known.sender else otherwise


def _domain(address: str) -> str:
    return address.rpartition("@")[2]


def _whom(known: Known, line: LogLine) -> tuple[str, str]:
    """Whom the envelope named, and the address it was turned into."""
    original = line.original or line.address
    if original not in known.recipients:
        alike = (each for each in known.recipients if each.lower() == original.lower())
        original = next(alike, original)
    if "@" in line.address or line.address[:1] in "|/>:":
        return original, line.address
    return original, f"{line.address}@{_domain(original)}"
