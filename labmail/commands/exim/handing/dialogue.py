"""SMTP with a program of this computer: ``exim -bs``, and a batch of commands: ``exim -bS``.

    -bs   a dialogue: each command is answered; ACLs are asked, as on the network
    -bS   a file of commands: nothing is answered but the first mistake, which ends it

Who is at the other end is known (``U=bob``), and there is no host; so the words differ a little
from those on the network: ``250 mail.lab.test Hello bob at pc.lab.test``. An address may be written
without a domain.

Law: Exim specification, §5.3 under -bs and -bS, §48.9 (BSMTP), chapter 44; RFC 5321.
"""

from __future__ import annotations

import re
from asyncio import IncompleteReadError
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING

from labmail.exim.expansion.addresses import BadAddress
from labmail.smtp.hello import is_hello_name

from . import replies
from .accepting import Accepting
from .batch import Batch
from .envelope import is_trusted
from .reading import Reader, content

if TYPE_CHECKING:
    from labmail.mta import Mta

    from ..arguments import Request
    from ..said import Who

Say = Callable[[bytes], Awaitable[None]]
PARAMETER = re.compile(r" +([A-Za-z]+)(?:=([^ ]*))?$")
KNOWN = {"SIZE", "BODY", "AUTH", "SMTPUTF8", "RET", "ENVID", "NOTIFY", "ORCPT"}


async def talk(mta: Mta, request: Request, who: Who, reader: Reader, say: Say) -> int:
    """Talks with whoever is at the other end, and gives the exit code."""
    if request.action == "batch":
        return await Batch(mta, request, who, reader, say).run()
    return await Dialogue(mta, request, who, reader, say).run()


class Gone(Exception):
    """The other side has stopped in the middle."""


class Dialogue:
    """One dialogue."""

    def __init__(self, mta: Mta, request: Request, who: Who, reader: Reader, say: Say) -> None:
        self.mta, self.office, self.request, self.who = mta, mta.office, request, who
        self.reader, self.say_octets = reader, say
        self.taking = Accepting(mta, request, who)
        self.helo = ""
        self.esmtp = False
        self.sender: str | None = None
        self.recipients: list[str] = []
        self.refusal = ""
        """What the last RCPT that was refused was told."""
        self.pieces = bytearray()
        """What has come of a letter, piece by piece."""
        self.errors = 0
        self.heard: list[str] = []
        """The commands so far, for the log."""
        self.before = ""
        """The command before this one."""
        self.over: int | None = None

    # ── the loop ─────────────────────────────────────────────────────────────────────────────────

    async def run(self) -> int:
        await self.say(await self.office.orders.text("smtp_banner"), 220)
        if await self.taking.ask("acl_smtp_connect") is not None:
            await self.say("Administrative prohibition", 550)
            return 1
        while self.over is None:
            try:
                await self._obey(await self._next())
            except Gone:
                if self.sender is not None:
                    self._note("unexpected EOF while reading SMTP command from {} D=0s")
                await self.say(f"{self.office.orders.hostname} lost input connection", 421)
                self.over = 1
        return self.over

    async def _next(self) -> str:
        line = await self.reader.readline()
        if not line:
            raise Gone
        return line.decode("latin-1").rstrip("\r\n")

    async def say(self, text: str, code: int) -> None:
        """A reply; its text may have several lines."""
        *first, last = text.split("\n")
        lines = [f"{code}-{line}\r\n" for line in first] + [f"{code} {last}\r\n"]
        await self.say_octets("".join(lines).encode("latin-1", "replace"))

    def _note(self, line: str) -> None:
        self.office.logs.main(line.format(self.who.login))

    async def _obey(self, line: str) -> None:
        verb, _, argument = line.partition(" ")
        name = verb.upper()
        if (found := re.match(r"(MAIL) *(FROM:.*)|(RCPT) *(TO:.*)", line, re.I | re.S)) is None:
            does = {"MAIL": None, "RCPT": None}.get(name, getattr(self, f"_{name.lower()}", None))
        else:
            name = (found[1] or found[3]).upper()
            argument = (found[2] or found[4]).partition(":")[2].strip()
            does = getattr(self, f"_{name.lower()}")
        if does is None or name not in replies.VERBS:
            await self.wrong("unrecognized command", 500, line)
            return
        self.before = self.heard[-1] if self.heard else ""
        self.heard.append(name)
        await does(argument.strip())

    async def wrong(self, text: str, code: int, line: str = "") -> None:
        """A mistake in the language. After too many of them the dialogue ends."""
        self.errors += 1
        if self.errors <= int(self.office.orders.main("smtp_max_synprot_errors")):
            await self.say(text, code)
            return
        await self.say(f"{text}\nToo many syntax or protocol errors", code)
        heard = ",".join(self.heard)
        self.office.logs.reject(
            f"SMTP call from {self.who.login} dropped: too many syntax or protocol errors "
            f'(last command was "{line}",  C={heard})'
        )
        self.over = 1

    # ── hello, and things at any time ────────────────────────────────────────────────────────────

    async def _helo(self, name: str) -> None:
        await self._hello(name, "HELO")

    async def _ehlo(self, name: str) -> None:
        await self._hello(name, "EHLO")

    async def _hello(self, name: str, verb: str) -> None:
        if not name or "_" in name or not is_hello_name(name):
            shown = name or "(no argument given)"
            what = f"rejected {verb} from {self.who.login}: syntactically invalid argument(s): "
            self.office.logs.main(what + shown)
            await self.wrong(f"Syntactically invalid {verb} argument(s)", 501, f"{verb} {name}")
            return
        if (refused := await self.taking.ask("acl_smtp_helo")) is not None:
            await self.say(refused.text, refused.code)
            return
        self._forget()
        self.helo, self.esmtp = name, verb == "EHLO"
        self.taking.hello(name, self.esmtp)
        hello = f"{self.office.orders.hostname} Hello {self.who.login} at {name}"
        offered = replies.offered(self.office.orders) if self.esmtp else ()
        await self.say("\n".join((hello, *offered)), 250)

    async def _noop(self, argument: str) -> None:
        await self.say("OK", 250)

    async def _rset(self, argument: str) -> None:
        if argument:
            await self.wrong("unexpected argument data", 501, f"RSET {argument}")
            return
        self._forget()
        await self.say("Reset OK", 250)

    async def _help(self, argument: str) -> None:
        known = replies.COMMANDS
        if "STARTTLS" not in replies.offered(self.office.orders):
            known = known.replace("STARTTLS ", "")
        await self.say(f"Commands supported:\n{known}", 214)

    async def _quit(self, argument: str) -> None:
        if argument:
            await self.wrong("unexpected argument data", 501, f"QUIT {argument}")
            return
        await self.say(f"{self.office.orders.hostname} closing connection", 221)
        self.over = 0

    async def _vrfy(self, argument: str) -> None:
        await self._prohibited("VRFY", argument, 252)

    async def _expn(self, argument: str) -> None:
        await self._prohibited("EXPN", argument, 550)

    async def _etrn(self, argument: str) -> None:
        self.office.logs.main(f"ETRN {argument} received from {self.who.login}")
        await self._prohibited("ETRN", argument, 458)

    async def _prohibited(self, verb: str, argument: str, code: int) -> None:
        self.office.logs.reject(f"U={self.who.login} rejected {verb} {argument}")
        await self.say("Administrative prohibition", code)

    async def _starttls(self, argument: str) -> None:
        if argument:
            await self.wrong("unexpected argument data", 501, f"STARTTLS {argument}")
            return
        await self.say("TLS not available for a program of this computer", 454)

    async def _auth(self, argument: str) -> None:
        await self.wrong("AUTH command used when not advertised", 503, f"AUTH {argument}")

    # ── the letter ───────────────────────────────────────────────────────────────────────────────

    def _forget(self) -> None:
        self.sender, self.recipients, self.refusal = None, [], ""
        self.pieces.clear()
        self.taking.forget()

    async def _mail(self, argument: str) -> None:
        if self.sender is not None:
            await self.wrong("sender already given", 503, f"MAIL FROM:{argument}")
            return
        if not self.helo:
            self.office.logs.main(f"rejected MAIL from {self.who.login}: no HELO/EHLO given")
            await self.say("HELO or EHLO required", 503)
            return
        path, said = parameters(argument) if self.esmtp else (argument, {})
        limit = self.office.limits.message
        if said.get("SIZE", "").isdigit() and int(said["SIZE"]) > limit:
            self.office.logs.reject(
                f"rejected MAIL FROM:{path} U={self.who.login}: message too big: "
                f"size={said['SIZE']} max={limit}"
            )
            await self.say("Message size exceeds maximum permitted", 552)
            return
        try:
            sender = await self.taking.sender(path, own=is_trusted(self.office.orders, self.who))
        except BadAddress as bad:
            await self.wrong(f"{argument}: {bad.message}", 501, f"MAIL FROM:{argument}")
            return
        if (refused := await self.taking.ask("acl_smtp_mail")) is not None:
            what = f"rejected MAIL <{sender}>"
            await self._refuse(refused, f"U={self.who.login} {what}")
            return
        self.sender = sender
        await self.say("OK", 250)

    async def _rcpt(self, argument: str) -> None:
        if self.sender is None:
            self.refusal = "503 sender not yet given"
            if self.esmtp and self.before in ("MAIL", "RCPT"):  # it may have sent both at once
                await self.say("sender not yet given", 503)
            else:
                await self.wrong("sender not yet given", 503, f"RCPT TO:{argument}")
            return
        path, _ = parameters(argument) if self.esmtp else (argument, {})
        try:
            recipient = await self.taking.recipient(path)
        except BadAddress as bad:
            self.refusal = f"501 {argument}: {bad.message}"
            await self.wrong(f"{argument}: {bad.message}", 501, f"RCPT TO:{argument}")
            return
        refused = await self.taking.ask("acl_smtp_rcpt", recipient)
        if refused is not None:
            self.refusal = refused.text
            later = "temporarily rejected" if refused.code < 500 else "rejected"
            who = f"U={self.who.login} F=<{self.sender}>"
            await self._refuse(refused, f"{who} {later} RCPT <{recipient}>")
            return
        self.recipients.append(recipient)
        await self.say("Accepted", 250)

    async def _refuse(self, refused: replies.Refusal, line: str) -> None:
        self.office.logs.reject(f"{line}{f': {refused.detail}' if refused.detail else ''}")
        await self.say(refused.text, refused.code)

    async def _data(self, argument: str) -> None:
        if argument:
            await self.wrong("unexpected argument data", 501, f"DATA {argument}")
        elif not self.recipients:
            text = "valid RCPT command must precede DATA"
            if self.refusal:
                text = f"All RCPT commands were rejected with this error:\n{self.refusal}\n{text}"
            if self.esmtp and self.before == "RCPT":
                await self.say(text, 503)
            else:
                await self.wrong(text, 503, "DATA")
        elif (refused := await self.taking.ask("acl_smtp_predata")) is not None:
            await self._refuse(refused, f"U={self.who.login} F=<{self.sender}> rejected DATA")
        else:
            await self.say('Enter message, ending with "." on a line by itself', 354)
            await self._take(await content(self.reader))

    async def _bdat(self, argument: str) -> None:
        """A piece of the letter, so many octets long (RFC 3030)."""
        words = argument.upper().split()
        if not words or not words[0].isdigit() or words[1:] not in ([], ["LAST"]):
            await self.wrong("missing size for BDAT command", 501, f"BDAT {argument}")
            return
        try:
            piece = await self.reader.readexactly(int(words[0]))
        except IncompleteReadError:
            raise Gone from None
        if not self.recipients:
            await self.say("valid RCPT command must precede BDAT", 503)
            return
        self.pieces += piece
        if len(words) == 1:
            await self.say(f" {words[0]} byte chunk received", 250)
            return
        total = f" {words[0]} byte chunk, total {len(self.pieces)}\n"
        whole = bytes(self.pieces).replace(b"\r\n", b"\n")
        await self._take(whole, said=total, chunks=True)

    async def _take(self, whole: bytes | None, *, said: str = "", chunks: bool = False) -> None:
        if whole is None:
            self._note("SMTP connection from {} lost while reading message data")
            await self.say("Lost incoming connection", 421)
            self.over = 1
            return
        protocol = "local-esmtp" if self.esmtp else "local-smtp"
        taken = await self.taking.take(
            whole, self.sender or "", self.recipients, protocol, chunks=chunks
        )
        self._forget()
        await self.say(said + taken.text, taken.code)


def parameters(argument: str) -> tuple[str, dict[str, str]]:
    """A path, and what stands behind it.

    >>> parameters("<a@b.test> SIZE=100 BODY=8BITMIME")
    ('<a@b.test>', {'BODY': '8BITMIME', 'SIZE': '100'})
    """
    said: dict[str, str] = {}
    while found := PARAMETER.search(argument):
        if found[1].upper() not in KNOWN:
            break
        said[found[1].upper()] = found[2] or ""
        argument = argument[: found.start()]
    return argument, said
