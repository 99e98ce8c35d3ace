"""Rewriting at reception: what the configuration makes of addresses before the letter is kept.

    MAIL FROM:<bob@old.example>      the words themselves, by rules with S
    the envelope                     by rules with F, T and E, before the ACLs are asked
    From:, To:, Cc: …                by the rules for headers, when the letter is in

A name without a domain is completed where the author hands the letter in; on the way it stays as it
is. What is wrong with a rule goes to the log, and the address stays.

Law: Exim specification, chapter 31, and chapter 14 (qualify_domain, qualify_recipient).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from labmail.exim.errors import EximError
from labmail.exim.header_rewriting import (
    AS_THEY_ARE,
    UNREADABLE,
    Qualify,
    place_of,
    rewrite_header,
)
from labmail.exim.rewriting import holds_at, rewrite_envelope, rewrite_smtp
from labmail.exim.text import Text
from labmail.message.field import Field

from ..letter import Letter
from ..office import Office
from ..told import octets, words

if TYPE_CHECKING:
    from labmail.exim.options.rewrite import Rewriting


class Rewriter:
    """Rewrites for one host, by the rules in force."""

    def __init__(self, office: Office) -> None:
        self.office, self.about = office, ""

    @property
    def rules(self) -> Sequence[Rewriting]:
        return self.office.orders.rewrites

    async def smtp(self, text: str) -> str:
        """What a client said in MAIL or RCPT, as it is to be understood."""
        if not any(holds_at(rule, "S") for rule in self.rules):
            return text
        try:
            return words(await rewrite_smtp(octets(text), self.rules, self.office.orders.context()))
        except EximError as problem:
            self._complain([problem.message])
            return text

    async def envelope(self, address: str, *, recipient: bool) -> str:
        """An address of the envelope."""
        flag = "T" if recipient else "F"
        if not address or not any(holds_at(rule, flag) for rule in self.rules):
            return address
        orders = self.office.orders
        made = await rewrite_envelope(
            Text(octets(address), True),
            recipient=recipient,
            configuration=orders.configuration,
            context=orders.context(),
        )
        return words(made.text)

    async def header(self, letter: Letter, *, complete: bool) -> None:
        """The header of a letter that has just come in; ``complete``: bare names get a domain."""
        self.about = letter.id
        orders = self.office.orders
        qualify = Qualify(orders.sender_domain, orders.qualify_domain) if complete else AS_THEY_ARE
        if not self.rules and not complete:
            return
        context = self.office.context(letter, letter.body or b"")
        fields = [await self._field(each, qualify, context) for each in letter.fields]
        letter.head = replace(letter.head, fields=tuple(fields))

    async def _field(self, field: Field, qualify: Qualify, context: object) -> Field:
        if place_of(field.name) is None:
            return field
        line = field.raw.replace(b"\r\n", b"\n").decode("latin-1")
        new, complaints = await rewrite_header(line, self.rules, context, qualify)  # type: ignore[arg-type]
        self._complain(complaints)
        if new == line:
            return field
        return Field(new.encode("latin-1").replace(b"\n", b"\r\n"), field.line)

    def _complain(self, complaints: Sequence[str]) -> None:
        for complaint in complaints:
            where = "MAIN" if complaint.startswith(UNREADABLE) else "MAIN PANIC"
            self.office.logs.noted(complaint, where, self.about)
