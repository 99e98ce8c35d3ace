"""One letter from a program: ``exim ann@lab.test < letter``, ``exim -t < letter``.

    who may say from whom it is?      envelope
    is it a letter?                   letter
    does the ACL let it in?           acl_not_smtp
    is it safe?                       the spool; only then does the command end well
    deliver it now?                   not with -odq, nor where ``queue_only`` says so

Law: Exim specification, §5.3 (-bm, -t, -i, -od…), chapter 44 under ``acl_not_smtp``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from labmail.exim.expansion.addresses import BadAddress, Groups, extract, pieces
from labmail.mta import log
from labmail.mta.delivery.manner import Manner
from labmail.mta.reception.localacl import refused
from labmail.mta.reception.received import Origin

from ..said import Said
from . import envelope, notices
from .letter import Draft, letter, read
from .runs import deliver

if TYPE_CHECKING:
    from labmail.mta import Mta
    from labmail.mta.acl.written import Asked
    from labmail.mta.letter import Letter

    from ..arguments import Request
    from ..said import Who


async def hand_in(mta: Mta, request: Request, who: Who, octets: bytes) -> Said:
    """Takes the letter in ``octets`` into the queue of ``mta``, and delivers it if that is due."""
    return await _Submission(mta, request, who).run(octets)


class _Submission:
    """A letter on its way in."""

    def __init__(self, mta: Mta, request: Request, who: Who) -> None:
        self.mta, self.office, self.request, self.who = mta, mta.office, request, who
        self.sender = ""

    async def run(self, octets: bytes) -> Said:
        try:
            self.sender = await envelope.sender(self.request, self.office.orders, self.who)
            domain = self.office.orders.qualify_domain
            named = tuple(envelope.recipients(self.request.words, domain))
        except envelope.BadSender as bad:
            return Said(1, err=f"{bad}\n")
        except envelope.BadRecipient as bad:
            return await self._bad_words(bad, octets)
        draft = self._read(octets)
        if self.request.recipients_in_headers:
            wrong = wrong_addresses(octets)
            left_out = set(named) if self._leaves_out else set()
            named = tuple(each for each in self._qualified(draft) if each not in left_out)
            if wrong or not named:
                said = await self._nobody(draft, wrong, others=bool(named))
                if not named:
                    return said
        self.sender = draft.message.sender
        return await self._take(draft, named)

    def _read(self, octets: bytes) -> Draft:
        return read(
            octets,
            self.office,
            self.who,
            self.sender,
            forced=self.request.sender is not None,
            full_name=self.request.full_name,
            dot_ends=self.request.dot_ends,
            read_recipients=self.request.recipients_in_headers,
        )

    @property
    def _leaves_out(self) -> bool:
        return bool(self.office.orders.main("extract_addresses_remove_arguments"))

    def _qualified(self, draft: Draft) -> tuple[str, ...]:
        domain = self.office.orders.qualify_domain
        return tuple(each if "@" in each else f"{each}@{domain}" for each in draft.named)

    # ── what goes wrong ──────────────────────────────────────────────────────────────────────────

    async def _bad_words(self, bad: envelope.BadRecipient, octets: bytes) -> Said:
        line = f'bad recipient address "{bad.text}": {bad.problem}'
        notice = notices.bad_recipients([(bad.text, bad.problem)], line)
        text = octets.decode("latin-1")
        return await notices.tell(
            self.office, self.request, notice, to=self.sender, header="", body=text
        )

    async def _nobody(self, draft: Draft, wrong: list[tuple[str, str]], *, others: bool) -> Said:
        if wrong:
            line = "bad addresses found in headers"
            notice = notices.ignored(wrong, line, others=others)
        else:
            notice = notices.no_recipients()
            line = notice.line
        self.office.logs.main(f"{draft.id} {line}", draft.id)
        return await self._tell(notice, draft, [each.text for each in draft.message.headers])

    async def _tell(self, notice: notices.Notice, draft: Draft, header: list[str]) -> Said:
        name = next((each for each in draft.message.headers if each.kind == "message-id"), None)
        return await notices.tell(
            self.office,
            self.request,
            notice,
            to=draft.message.sender,
            header="".join(header),
            body=draft.message.body,
            about=draft.id,
            references=name.value.strip() if name else "",
        )

    # ── the letter ───────────────────────────────────────────────────────────────────────────────

    async def _take(self, draft: Draft, recipients: tuple[str, ...]) -> Said:
        made = await letter(draft, self.office, self.who, recipients, known=self._told())
        asked = await refused(self.office, made)
        if asked is not None:
            return await self._refuse(made, draft, asked)
        try:
            await self.office.spool.store(made.head, made.body or b"")
        except OSError as error:
            problem = f"the letter could not be kept: {error.strerror}"
            self.office.logs.panic(problem, made.id)
            return Said(1, err=f"exim: {problem}\n")
        origin = self._origin()
        logs = self.office.logs
        logs.main(log.arrival(made, origin, wanted=logs.selection), made.id)
        logs.note(made.id, log.noted_arrival(made, origin, wanted=logs.selection))
        await begin(self.mta, self.request, made)
        return Said()

    def _told(self) -> dict[str, str]:
        """What a trusted caller says of where the letter is from (-oMr, -oMa, -oMs)."""
        said = self.request.facts
        known = {"received_protocol": said.get("received_protocol", "")}
        if address := said.get("sender_host_address"):
            known["host_address"] = f"[{address}]:{said.get('sender_host_port', '0')}"
            known["host_name"] = said.get("sender_host_name", "")
        trusted = envelope.is_trusted(self.office.orders, self.who)
        return {name: value for name, value in known.items() if value and trusted}

    def _origin(self) -> Origin:
        told = self._told()
        return Origin(
            protocol=told.get("received_protocol", "local"),
            address=told.get("host_address", "").rpartition(":")[0].strip("[]") or None,
            name=told.get("host_name"),
            ident=self.who.login,
        )

    async def _refuse(self, made: Letter, draft: Draft, asked: Asked) -> Said:
        if "discard" in asked.controls:
            self.office.logs.main("=> blackhole (non-SMTP ACL discarded recipients)", made.id)
            return Said()
        words = asked.message or ("temporary local problem" if asked.problem else "")
        detail = asked.problem or asked.log_message or words
        later = "temporarily rejected" if asked.problem else "rejected"
        tail = f": {detail}" if detail else ""
        line = f"F=<{made.sender}> {later} by non-SMTP ACL{tail}"
        self.office.logs.reject(line, made.id, letter=made)
        line = f"message rejected by non-SMTP ACL{f': {words}' if words else ''}"
        header = [each.raw.replace(b"\r\n", b"\n").decode("latin-1") for each in made.fields]
        return await self._tell(notices.rejected(words, line), draft, header)


async def begin(mta: Mta, request: Request, made: Letter) -> None:
    """Hands a letter that is safe to the queue; and waits for its delivery, if whoever called
    does (``-odf``, and always where nobody else goes on working)."""
    now = deliver_now(mta, request)
    manner = Manner(smtp_later=request.delivery_waits)
    mta.queue.take(made, at_once=now, manner=manner)
    if not now:
        await mta.office.disk(mta.office.logs.keep, made.id)
    if now and request.waits:
        await deliver(mta, made, manner)


def deliver_now(mta: Mta, request: Request) -> bool:
    """Whether a letter that has just come in is tried at once: what ``-od…`` says counts, as far
    as the configuration lets it."""
    orders = mta.orders
    if request.delivery == "q":
        return False
    if orders.main("queue_only"):
        asked = bool(request.delivery) or request.delivery_waits
        return asked and bool(orders.main("queue_only_override"))
    return True


def wrong_addresses(octets: bytes) -> list[tuple[str, str]]:
    """What in the header's recipients is no address, each with what is wrong with it."""
    from labmail.exim.expansion.intake import _Reader

    wrong = []
    for header in _Reader(octets, False).headers():
        if header.kind not in ("to", "cc", "bcc"):
            continue
        groups = Groups()
        for piece in pieces(header.value):
            if not piece.strip():
                continue
            try:
                extract(piece, groups=groups)
            except BadAddress as bad:
                wrong.append((piece.strip(), bad.message))
    return wrong


__all__ = ["begin", "hand_in"]
