"""Which letter is this? Witnesses who join the ids of two hosts into one letter.

    alice's user agent    heard “250 OK id=1xW8Q5-00000B-0n”: that is alice@example.com/1
    the ear on the way    heard the same, from whom, for whom, and every word (ear.py)
    the sender's log      => bob@ask.com … C="250 OK id=1xW8Q6-00000K-1u"

What they say of a letter is a receipt. It waits here until the log of the host that has given the
id says ``<=``, and is used up then. Of a letter whose sender is an Exim, too, only that one's log
can say which it is; the receipt is *final* when it has.

Law: RFC 5321 §4.2 (the words of a reply are free; the id is Exim's habit).
"""

from __future__ import annotations

from collections import defaultdict

from labmail.smtp.events import Answered
from labmail.trace import Event

from .book import Place
from .ear import Receipt, id_in

MOST = 2_000
"""Receipts that are kept: a line that uses one up comes at once, or never."""


class Witnesses:
    """The receipts of letters that come to some ``hosts``."""

    def __init__(self, hosts: frozenset[str]) -> None:
        self._hosts = hosts
        self._receipts: dict[Place, Receipt] = {}
        self._named: defaultdict[str | None, list[str]] = defaultdict(list)
        """By connection: the recipients that were taken, until the letter is."""

    def receipt(self, place: Place) -> Receipt:
        """What is known of a letter that comes to a place; it may be added to."""
        if place not in self._receipts:
            self._receipts[place] = Receipt()
            if len(self._receipts) > MOST:
                del self._receipts[next(iter(self._receipts))]
        return self._receipts[place]

    def is_final(self, place: Place) -> bool:
        """Whether it is known whose letter it is."""
        receipt = self._receipts.get(place)
        return receipt is not None and receipt.final

    def use(self, place: Place) -> Receipt:
        """Gives a receipt, which is used up."""
        return self._receipts.pop(place, Receipt())

    def client_says(self, event: Event) -> None:
        """A client of the lab has been told which id its letter got."""
        if not isinstance(event, Answered) or event.target not in self._hosts:
            return
        if event.recipient is not None:
            if event.accepted:
                self._named[event.connection].append(event.recipient)
            return
        recipients = tuple(self._named.pop(event.connection, ()))
        if event.accepted and (taken := id_in(event.reply)):
            receipt = self.receipt((event.target, taken))
            receipt.letter, receipt.connection = event.letter, event.connection
            receipt.cause = receipt.cause or event.cause
            receipt.recipients = receipt.recipients or recipients
            receipt.final = True

    def ear_says(self, place: Place, heard: Receipt, *, by_exim: bool) -> None:
        """An ear hands in what it has heard; ``by_exim``: another Exim's log will say whose."""
        receipt = self.receipt(place)
        receipt.connection, receipt.words = heard.connection, heard.words
        receipt.recipients = receipt.recipients or heard.recipients
        if not receipt.final and not by_exim:
            receipt.letter, receipt.cause, receipt.final = heard.letter, heard.cause, True

    def sender_says(
        self, place: Place, letter: str, cause: str | None, recipients: tuple[str, ...]
    ) -> Receipt:
        """The log of another Exim names the letter that got this id."""
        receipt = self.receipt(place)
        receipt.recipients = receipt.recipients or recipients
        receipt.letter, receipt.cause, receipt.final = letter, cause, True
        return receipt
