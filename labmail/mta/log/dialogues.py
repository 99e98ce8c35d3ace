"""What the log says of an SMTP dialogue as such: that it began, how it ended, what was wrong.

    SMTP connection from [192.0.2.9] (TCP/IP connection count = 1)          smtp_connection
    SMTP connection from (pc.test) [192.0.2.9] closed by QUIT               smtp_connection
    SMTP connection from (pc.test) [192.0.2.9] lost D=3s                    smtp_connection
    unexpected disconnection while reading SMTP command from …              lost_incoming_connection
    no MAIL in SMTP connection from (pc.test) [192.0.2.9] D=0s C=EHLO,QUIT  smtp_no_mail
    SMTP syntax error in "FOO" H=(pc.test) [192.0.2.9] unrecognized …       smtp_syntax_error

Hosts in ``hosts_connection_nolog`` come and go without a line.

Law: Exim specification, §53.15 under these selectors.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from .signs import of_client

if TYPE_CHECKING:
    from labmail.smtp import Reply, Session

    from ..reception.received import Origin
    from .files import Logs

SHOWN = 20
"""Commands that are listed; of more, the last ones."""


def opened(logs: Logs, origin: Origin, count: int) -> None:
    """A client has come; ``count`` are here now."""
    logs.main(
        f"SMTP connection from {_peer(logs, origin)} (TCP/IP connection count = {count})",
        when="smtp_connection",
    )


def closed(logs: Logs, origin: Origin, session: Session, now: float) -> None:
    """A client has gone; ``now`` in POSIX seconds."""
    peer, lasted = _peer(logs, origin), logs.selection.span(now - session.began)
    if session.ended == "quit":
        logs.main(f"SMTP connection from {peer} closed by QUIT", when="smtp_connection")
    elif session.ended == "the client went away":
        logs.main(f"SMTP connection from {peer} lost D={lasted}", when="smtp_connection")
        if session.amid:  # many just go, without QUIT: that alone is no news
            line = f"unexpected disconnection while reading SMTP command from {peer} D={lasted}"
            logs.main(line, when="lost_incoming_connection")
    if "MAIL" not in session.heard:
        more = "...," if len(session.heard) > SHOWN else ""
        said = f" C={more}{','.join(session.heard[-SHOWN:])}" if session.heard else ""
        logs.main(f"no MAIL in SMTP connection from {peer} D={lasted}{said}", when="smtp_no_mail")


def mistaken(logs: Logs, origin: Origin, line: str, reply: Reply) -> None:
    """A command that the language forbids: one that nobody understands, or at the wrong moment."""
    kind = "protocol" if reply.code == 503 else "syntax"
    client = " ".join(
        word for word in of_client(origin, logs.selection) if word[:2] in ("H=", "I=")
    )
    said = line.rstrip("\r\n").replace('"', '\\"')
    text = f'SMTP {kind} error in "{said}" {client} {reply.text}'
    logs.main(text, when=f"smtp_{kind}_error")


def _peer(logs: Logs, origin: Origin) -> str:
    words = [word for word in of_client(origin, logs.selection) if word[:2] in ("H=", "I=")]
    return " ".join(words).removeprefix("H=")
