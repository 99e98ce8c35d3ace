"""Messages in words, as `dig` shows them: for the story, the dialogue and the notebook.

>>> import dns.message
>>> print(question(dns.message.make_query("ask.com", "MX")))
ask.com.  IN  MX ?

Law: RFC 1035 §5.1 (the presentation of records). Try: ``print(answer(message))``.
"""

from __future__ import annotations

from collections.abc import Iterator

import dns.edns
import dns.flags
import dns.rcode
import dns.rdataclass
import dns.rdatatype
from dns.message import Message
from dns.name import Name
from dns.rrset import RRset

TRUNCATED = ";; truncated (TC): ask again over TCP"
SECTIONS = ("answer", "authority", "additional")


def question(query: Message) -> str:
    """What is asked, on one line for each question."""
    return "\n".join(
        f"{rrset.name}  {_class(rrset)}  {dns.rdatatype.to_text(rrset.rdtype)} ?"
        for rrset in query.question
    )


def answer(reply: Message) -> str:
    """The records of the answer section, and where there are none, what was said instead."""
    if reply.flags & dns.flags.TC:
        return TRUNCATED
    lines = list(records(reply.answer))
    if not lines:
        lines = [f";; {_no(reply)}", *records(reply.authority)]
    lines += [f";; EDE: {_reason(option)}" for option in reply.extended_errors()]
    return "\n".join(lines)


def whole(reply: Message) -> str:
    """Status, flags and every section."""
    flags = dns.flags.to_text(reply.flags).lower()
    lines = [f";; status: {status(reply)}, flags: {flags}"]
    for section in SECTIONS:
        if rrsets := getattr(reply, section):
            lines += [f";; {section.upper()}", *records(rrsets)]
    lines += [f";; EDE: {_reason(option)}" for option in reply.extended_errors()]
    return "\n".join(lines)


def records(rrsets: list[RRset]) -> Iterator[str]:
    """Each record on a line: owner, seconds to live, class, type, data."""
    for rrset in rrsets:
        for rdata in rrset:
            kind = dns.rdatatype.to_text(rrset.rdtype)
            yield f"{rrset.name}  {rrset.ttl}  {_class(rrset)}  {kind}  {rdata.to_text()}"


def status(reply: Message) -> str:
    """The answer's code: ``NOERROR``, ``NXDOMAIN``, …"""
    return dns.rcode.to_text(reply.rcode())


def plain(name: Name) -> str:
    """A name as people write it: lower case, no final dot."""
    return name.to_text(omit_final_dot=True).lower()


def _no(reply: Message) -> str:
    """What an answer without records says: ``NXDOMAIN``, ``NOERROR, no MX record``, …"""
    if reply.rcode() != dns.rcode.NOERROR or not reply.question:
        return status(reply)
    return f"NOERROR, no {dns.rdatatype.to_text(reply.question[0].rdtype)} record"


def _class(rrset: RRset) -> str:
    return dns.rdataclass.to_text(rrset.rdclass)


def _reason(option: dns.edns.EDEOption) -> str:
    return option.to_text().removeprefix("EDE ")
