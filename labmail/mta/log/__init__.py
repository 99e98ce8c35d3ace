"""The logs: what an administrator greps, one line for each thing that happened to a letter.

    <=   came in                      ==   put off: the address, defer (number), host: why
    =>   delivered                    **   failed, returned to the sender
    ->   delivered with the one above      Completed

    2026-03-02 09:00:00 1vwz8C-000001-00 <= alice@example.com H=games.example.com [128.10.12.3] …
    2026-03-02 09:00:00 1vwz8C-000001-00 => bob@ask.com R=dnslookup T=remote_smtp H=mail.ask.com …
    2026-03-02 09:00:00 1vwz8C-000001-00 Completed

Letters behind the arrow: H host, P protocol, X cipher, CV certificate, A authenticator, S size,
R router (on a bounce: the letter it tells about), T transport, U user, C the last reply, and many
more where ``log_selector`` asks for them. The log is written before the trace is told: it is the
record, the trace is a spectator.

What an MTA refuses goes to ``rejectlog`` too; what must never happen to ``paniclog``, which a
healthy host does not have; and each letter has a log of its own while it waits (``msglog``).

    selecting   what is written: log_selector, log_timezone and their kin
    places      where: log_file_path, names with a date in them
    syslog      the other place: long entries in pieces
    files       the files themselves
    lines       the line for each thing that happens
    signs       what a line shows of a connection
    dialogues   that a client came, went, and said what nobody understands

Law: Exim specification, chapter 53 (log files). Times are the lab's, in UTC.
"""

from . import dialogues
from .files import FOLDER, Logs
from .lines import (
    AUTHENTICATORS,
    address,
    arrival,
    client,
    completed,
    deferral,
    delivery,
    discarded,
    failure,
    noted_arrival,
    rejection,
)
from .selecting import ORDINARY, Selection, lasting, timestamp

__all__ = [
    "AUTHENTICATORS",
    "FOLDER",
    "ORDINARY",
    "Logs",
    "Selection",
    "address",
    "arrival",
    "client",
    "completed",
    "deferral",
    "delivery",
    "dialogues",
    "discarded",
    "failure",
    "lasting",
    "noted_arrival",
    "rejection",
    "timestamp",
]
