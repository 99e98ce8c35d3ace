"""What a name server says of its zones, as its log would: loaded, announced, copied, refused.

The lines are events of the trace, each with its question and its answer. Answers to ordinary
queries are not among them: there are too many, and `dig` shows them better.

    Mon 2 Mar 2026 09:00:00  Does the zone ask.com load? Yes: 8 records from …, serial 2026030201.
    Mon 2 Mar 2026 09:00:03  Does 128.10.12.1 hear that ask.com has serial 2026030202 now? Yes.

Try: ``lab.host("ns.ask.com").name_log``.
"""

from __future__ import annotations

from labmail.dns import copyevents, events
from labmail.message.visible import visible
from labmail.trace import Event, Recorder
from labmail.trace.words import day

from ..filetext import FileText

KINDS = (
    events.ZoneLoaded,
    events.ZoneRefused,
    events.Ignored,
    copyevents.NotifySent,
    copyevents.NotifyHeard,
    copyevents.SerialAsked,
    copyevents.ZoneFetched,
    copyevents.ZoneNotFetched,
    copyevents.ZoneExpired,
    copyevents.ZoneSent,
    copyevents.ZoneNotSent,
)
"""What is worth a line."""


def name_log(trace: Recorder, host: str) -> FileText:
    """The lines of one host, the oldest first; empty where it has no name server."""
    told = (event for event in trace.find(host=host) if isinstance(event, KINDS))
    return FileText("".join(f"{_line(event)}\n" for event in told))


def _line(event: Event) -> str:
    words = " ".join(filter(None, (event.question, event.answer)))
    return visible(f"{day(event.time)}  {words}")
