"""How a walk ends: a transport with its hosts or its mailbox, or why there is none.

    plane   hands it to other hosts        cross   cannot be delivered
    box     keeps it here                  clock   has to wait

Try: ``summary(explanation.data()["ends"][0])``.
"""

from __future__ import annotations

from typing import Any

from labmail.lab.explaining import words

Model = dict[str, Any]

LONGEST = 300
"""Characters of a sentence or a value that are on the page."""
SIGNS = {"fail": "cross", "defer": "clock"}


def drawn(end: Model) -> Model:
    """What is drawn of an end."""
    transport = end["transport"]
    return {
        "good": end["outcome"] in ("accept", "made"),
        "sign": SIGNS.get(end["outcome"]) or ("plane" if end["hosts"] else "box"),
        "address": words(end["address"]),
        "made": end["outcome"] == "made",
        "transport": words(transport or ""),
        "hosts": [_host(*host) for host in end["hosts"]],
        "mailbox": short(words(end["mailbox"] or "")),
        "runs_as": words(end["runs_as"] or ""),
        "text": short(words(end["text"] or "")),
    }


def _host(name: str, address: str | None, mx: int | None, port: int | None) -> str:
    """
    >>> _host("mail.ask.com", "128.10.30.2", 10, None)
    'mail.ask.com [128.10.30.2] MX 10'
    """
    shown = f"{name} [{address or 'unknown'}]"
    shown += "" if mx is None else f" MX {mx}"
    return words(shown + ("" if port is None else f" port {port}"))


def summary(end: Model) -> str:
    """A line that says where it goes."""
    told = drawn(end)
    if end["outcome"] == "fail":
        return f"cannot be delivered: {told['text']}"
    if end["outcome"] == "defer":
        return f"has to wait: {told['text']}"
    to = ", ".join(told["hosts"]) or told["mailbox"] or (told["address"] if told["made"] else "")
    by = f"goes by {told['transport']}" if told["transport"] else "is good"
    return f"{by} to {to}" if to else by


def short(text: str) -> str:
    """A sentence that has room on a page.

    >>> len(short("a" * 2000))
    301
    """
    return text if len(text) <= LONGEST else f"{text[:LONGEST]}…"
