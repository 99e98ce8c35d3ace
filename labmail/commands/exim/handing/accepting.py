"""Accepting a letter that comes by SMTP from a program of this computer.

What is the same for a dialogue (-bs) and a batch (-bS): addresses become an envelope, ACLs are
asked, the letter is completed and kept.

Law: Exim specification, chapters 44 and 47.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from labmail.exim.expansion.addresses import extract
from labmail.exim.text import Text
from labmail.mta import log
from labmail.mta.acl.written import Asked
from labmail.mta.reception.localacl import change_header, refused
from labmail.mta.reception.received import Origin
from labmail.mta.reception.rewriting import Rewriter
from labmail.mta.recipient import Recipient
from labmail.mta.routing.planning import verify
from labmail.mta.told import octets

from .letter import Draft, facts, letter, read
from .replies import Refusal, Taken
from .submit import begin

if TYPE_CHECKING:
    from labmail.exim.expansion.context import Context
    from labmail.mta import Mta
    from labmail.mta.letter import Letter

    from ..arguments import Request
    from ..said import Who

SAYS_NO = {"DEFER": 451, "FAIL": 550, "FAIL_DROP": 550}
ORDINARY = {451: "Temporary local problem - please try later", 550: "Administrative prohibition"}


class Accepting:
    """Letters of one caller, one after the other."""

    def __init__(self, mta: Mta, request: Request, who: Who) -> None:
        self.mta, self.office, self.request, self.who = mta, mta.office, request, who
        self.rewriter = Rewriter(self.office)
        self.facts = {"sender_ident": who.login, "authenticated_id": who.login}
        self.asked: list[Asked] = []
        self.numbers: tuple[Text, ...] = ()
        """$0, $1 …: what lists have matched stays from one command to the next."""
        self.from_whom = ""
        self.count = 0

    def hello(self, name: str, esmtp: bool) -> None:
        """The name that the caller has given itself."""
        self.facts["sender_helo_name"] = name
        self.facts["received_protocol"] = "local-esmtp" if esmtp else "local-smtp"

    def forget(self) -> None:
        """The letter under way is forgotten, with what ACLs have left for it."""
        self.asked.clear()

    # ── the envelope ─────────────────────────────────────────────────────────────────────────────

    async def sender(self, path: str, *, own: bool) -> str:
        """The envelope's sender; ``own``: whoever calls may say what she likes. Raises BadAddress.
        Others are who they are, unless they say that a letter is from nobody."""
        text = await self.rewriter.smtp(_inside(path))
        found = extract(f"<{text}>", empty=True)
        domain = self.office.orders.sender_domain
        address = found.address
        if address and not own:
            address = f"{self.who.login}@{domain}"
        elif address and not found.domain:
            address = f"{address}@{domain}"
        self.from_whom = await self.rewriter.envelope(address, recipient=False)
        return self.from_whom

    async def recipient(self, path: str) -> str:
        """A recipient. Raises BadAddress."""
        found = extract(f"<{await self.rewriter.smtp(_inside(path))}>")
        domain = "" if found.domain else f"@{self.office.orders.qualify_domain}"
        return await self.rewriter.envelope(f"{found.address}{domain}", recipient=True)

    # ── the ACLs ─────────────────────────────────────────────────────────────────────────────────

    async def ask(
        self, option: str, recipient: str = "", made: Letter | None = None
    ) -> Refusal | None:
        """Asks the ACL that an option names; None: it does not refuse, or there is none.

        Without ``acl_smtp_rcpt``, a program of this computer may send wherever it likes.
        """
        named = self.office.orders.main(option)
        if named is None:
            return None
        asked = Asked(self._context(recipient, made), recipient, log=self.office.logs.main)
        asked.verify = lambda what: self._verify(what, recipient)
        told = await asked.ask(str(named))
        self.numbers = asked.context.numeric
        if told not in SAYS_NO:
            self.asked.append(asked)
            return None
        code = SAYS_NO[told]
        if asked.problem:
            self.office.logs.panic(f"{option}: {asked.problem}")
        text = asked.message if told != "DEFER" or not asked.problem else ""
        return Refusal(code, text or ORDINARY[code], asked.log_message or asked.problem or text)

    def _context(self, recipient: str, made: Letter | None) -> Context:
        if made is not None:
            context = self.office.context(made, made.body or b"")
        else:
            context = self.office.orders.context()
            context.variables["sender_address"] = Text(octets(self.from_whom), True)
        context.numeric = self.numbers
        for name, value in self.facts.items():
            context.variables[name] = Text(octets(value), name == "sender_helo_name")
        local, _, domain = recipient.rpartition("@")
        context.variables["local_part"] = Text(octets(local), True)
        context.variables["domain"] = Text(octets(domain.lower()), True)
        return context

    async def _verify(self, what: str, recipient: str) -> str:
        """``verify = recipient`` and ``sender``; what else there is holds for a local program."""
        kind = what.split("/")[0].strip()
        address = {"recipient": recipient, "sender": self.from_whom}.get(kind)
        if not address:
            return "OK"
        guide = self.office.guide_for_asking(sender=self.from_whom)
        routing = await verify(Recipient(address), guide)
        name = type(routing.answer).__name__
        return {"Fail": "FAIL", "Defer": "DEFER"}.get(name, "OK")

    # ── the letter ───────────────────────────────────────────────────────────────────────────────

    async def take(
        self,
        content: bytes,
        sender: str,
        recipients: list[str],
        protocol: str,
        *,
        asking: bool = True,
        chunks: bool = False,
    ) -> Taken:
        """Keeps the letter, if ``acl_smtp_data`` lets it in."""
        draft = read(content, self.office, self.who, sender, forced=True, dot_ends=False)
        made = await self._made(draft, tuple(recipients), protocol)
        if not asking:
            return await self._take_unasked(made, protocol)
        no = await self.ask("acl_smtp_data", made=made)
        if no is not None:
            who = f"U={self.who.login} F=<{sender}>"
            later = "temporarily rejected" if no.code < 500 else "rejected"
            detail = f": {no.detail}" if no.detail else ""
            self.office.logs.reject(f"{who} {later} after DATA{detail}", made.id)
            return Taken(no.code, no.text)
        for each in self.asked:
            change_header(made, each)
        return await self._keep(made, protocol, chunks)

    async def _take_unasked(self, made: Letter, protocol: str) -> Taken:
        """In a batch, only what is asked of every program is asked."""
        if await refused(self.office, made) is not None:
            return Taken(550, ORDINARY[550])
        return await self._keep(made, protocol, False)

    async def _made(self, draft: Draft, recipients: tuple[str, ...], protocol: str) -> Letter:
        known = facts(self.who, b"", protocol)
        if helo := self.facts.get("sender_helo_name"):
            known["helo_name"] = helo
        return await letter(draft, self.office, self.who, recipients, known=known)

    async def _keep(self, made: Letter, protocol: str, chunks: bool) -> Taken:
        try:
            await self.office.spool.store(made.head, made.body or b"")
        except OSError as error:
            self.office.logs.panic(f"the letter could not be kept: {error.strerror}", made.id)
            return Taken(452, "space shortage, please try later")
        origin = replace(Origin(ident=self.who.login), protocol=protocol)
        logs = self.office.logs
        known: dict[str, Any] = {"chunks": chunks, "wanted": logs.selection}
        logs.main(log.arrival(made, origin, **known), made.id)
        logs.note(made.id, log.noted_arrival(made, origin, **known))
        self.count += 1
        await begin(self.mta, self.request, made)
        return Taken(250, f"OK id={made.id}")


def _inside(path: str) -> str:
    """What stands between the angle brackets, if there are any."""
    path = path.strip()
    return path[1:-1] if path.startswith("<") and path.endswith(">") else path
