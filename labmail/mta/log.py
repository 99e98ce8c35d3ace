"""The log files: what an administrator greps, one line for each thing that happened to a letter.

    <=   came in                      ==   put off: H= or the address, defer (number): why
    =>   delivered                    **   failed, returned to the sender
    ->   delivered with the one above      Completed

    2026-03-02 09:00:00 1vwz8C-000001-00 <= alice@example.com H=games.example.com [128.10.12.3] …
    2026-03-02 09:00:00 1vwz8C-000001-00 => bob@ask.com R=dnslookup T=remote_smtp H=mail.ask.com …
    2026-03-02 09:00:00 1vwz8C-000001-00 Completed

Letters behind the arrow: H host, P protocol, X cipher, A authenticator, S size, R router (on a
bounce: the letter it tells about), T transport, U user, C the last reply. The log is written before
the trace is told: it is the record, the trace is a spectator.

What an MTA refuses goes to ``rejectlog`` too; what must never happen to ``paniclog``, which a
healthy host does not have.

Law: Exim specification, chapter 53 (log files). Times are the lab's, in UTC.
"""

from __future__ import annotations

from datetime import UTC, datetime

from labmail.world import Clock, HostFiles

from .hosts import Host
from .ids import ids_since
from .letter import Letter
from .received import Origin
from .recipient import Recipient

FOLDER = "/var/log/exim4"

AUTHENTICATORS = {"PLAIN": "plain_server", "LOGIN": "login_server"}
"""What Debian's configuration calls the authenticators."""


class Logs:
    """The three log files of a host. A log that cannot be written never stops mail."""

    def __init__(self, files: HostFiles, clock: Clock) -> None:
        self.files, self.clock = files, clock
        self.lost: list[str] = []
        """The last lines that could not be written, and why not."""

    def main(self, text: str, message_id: str = "") -> str:
        """Adds a line to mainlog and gives it."""
        return self._write("mainlog", text, message_id)

    def reject(self, text: str, message_id: str = "") -> None:
        """Adds a line about a refusal to mainlog and rejectlog."""
        self._write("mainlog", text, message_id)
        self._write("rejectlog", text, message_id)

    def panic(self, text: str, message_id: str = "") -> None:
        """Adds a line about what must not happen to mainlog and paniclog."""
        self._write("mainlog", text, message_id)
        self._write("paniclog", text, message_id)

    def noted(self, text: str, where: str, message_id: str = "") -> None:
        """A line for the logs that ``where`` names: ``MAIN``, ``MAIN PANIC``; none for ""."""
        if "PANIC" in where:
            self.panic(text, message_id)
        elif where:
            self.main(text, message_id)

    def ids_since(self, when: float) -> frozenset[str]:
        """The ids in mainlog that were given at ``when`` (POSIX seconds) or later. Blocks."""
        try:
            return ids_since(self.files.read_text(f"{FOLDER}/mainlog"), when)
        except OSError:
            return frozenset()

    def _write(self, file: str, text: str, message_id: str) -> str:
        line = f"{timestamp(self.clock.time())} {f'{message_id} ' if message_id else ''}{text}"
        if not line.isprintable():  # nobody forges a second line
            line = "".join(c if c.isprintable() else f"\\x{ord(c):02x}" for c in line)
        try:
            self.files.append(f"{FOLDER}/{file}", line + "\n")
        except OSError as error:
            self.lost = [*self.lost[-9:], f"{file}: {error.strerror}: {line}"]
        return line


def timestamp(posix: float) -> str:
    """``2026-03-02 09:00:00``"""
    return f"{datetime.fromtimestamp(posix // 1, UTC):%Y-%m-%d %H:%M:%S}"


# ── lines ────────────────────────────────────────────────────────────────────────────────────────


def arrival(letter: Letter, origin: Origin, *, about: str = "") -> str:
    """``<=``: a letter came in. ``about`` is the id of the letter that a bounce tells about."""
    words = [f"<= {letter.sender or '<>'}"]
    if about:
        words.append(f"R={about}")
    words.append(f"H={origin.host}" if origin.address else f"U={origin.ident}")
    words.append(f"P={origin.protocol}")
    if origin.tls:
        words += [f"X={origin.tls}", "CV=no"]
    if origin.user:
        words.append(f"A={AUTHENTICATORS.get(origin.mechanism or '', 'server')}:{origin.user}")
    words.append(f"S={letter.size}")
    if letter.message_id and not about:
        words.append(f"id={letter.message_id}")
    return " ".join(words)


def delivery(
    recipient: Recipient,
    *,
    router: str,
    transport: str,
    host: Host | None = None,
    reply: str = "",
    cipher: str = "",
    again: bool = False,
) -> str:
    """``=>``, or ``->`` for the further addresses of one delivery."""
    if host is None:
        name = f"{recipient.local_part} <{recipient.original.address}>"
    else:
        name = address(recipient)
    words = [f"{'->' if again else '=>'} {name} R={router} T={transport}"]
    if host is not None:
        words.append(f"H={host.name} [{host.address}]")
    if cipher:
        words += [f"X={cipher}", "CV=no"]
    if reply:
        words.append(f'C="{reply}"')
    return " ".join(words)


def deferral(
    recipient: Recipient,
    problem: str,
    *,
    errno: int,
    router: str = "",
    transport: str = "",
    host: str = "",
) -> str:
    """``==``: put off. ``errno`` is the system's number, or a negative one of Exim's own."""
    where = _where(router, transport)
    at = f" {host}" if host else ""
    return f"== {address(recipient)}{where} defer ({errno}){at}: {problem}"


def failure(
    recipient: Recipient, problem: str, *, router: str = "", transport: str = "", host: str = ""
) -> str:
    """``**``: failed for good."""
    at = f" {host}" if host else ""
    return f"** {address(recipient)}{_where(router, transport)}{at}: {problem}"


def discarded(recipient: Recipient, router: str) -> str:
    """``:blackhole:``"""
    return f"=> :blackhole: <{recipient.original.address}> R={router}"


def rejection(origin: Origin, sender: str, recipient: str, problem: str, *, temporary: bool) -> str:
    """A recipient that was refused at RCPT."""
    verb = "temporarily rejected" if temporary else "rejected"
    return f"H={origin.host} F=<{sender}> {verb} RCPT <{recipient}>: {problem}"


def address(recipient: Recipient) -> str:
    """The address, and behind it the one of the envelope where that was another."""
    if recipient.original.address == recipient.address:
        return recipient.address
    return f"{recipient.address} <{recipient.original.address}>"


def _where(router: str, transport: str) -> str:
    return f"{f' R={router}' if router else ''}{f' T={transport}' if transport else ''}"
