"""A letter as strings of the configuration see it: headers, body, envelope, sizes.

Exim's language knows octets, and lines that end in LF; a letter in the spool has CR LF, and the
rest of the lab has words. What costs time to make is made when a string asks for it.

Law: Exim specification, §11.9 ($h_…, $message_body, $message_size), chapter 14 under
``message_body_visible``.

Try: ``told(letter, body).headers[0].name``.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from typing import TYPE_CHECKING

from labmail.exim.expansion.message import Header, Message
from labmail.exim.text import Text

if TYPE_CHECKING:
    from .letter import Letter


def octets(text: str) -> str:
    """Words as the engine has them: each character one octet.

    >>> octets("bücher")
    'bÃ¼cher'
    """
    return text.encode("utf-8", "surrogateescape").decode("latin-1")


def words(text: str) -> str:
    """What the engine has, as words again.

    >>> words("bÃ¼cher")
    'bücher'
    """
    return text.encode("latin-1").decode("utf-8", "surrogateescape")


class ToldLetter(Message):
    """A letter of the queue, for strings. ``body`` is what it has behind the empty line."""

    def __init__(self, letter: Letter, body: bytes) -> None:
        self._letter, self._octets = letter, body
        lines = body.count(b"\n")
        header_lines = sum(each.raw.count(b"\n") for each in letter.fields)
        super().__init__(
            sender=octets(letter.sender),
            recipients=[octets(each) for each in letter.head.recipients],
            size=letter.size - header_lines - lines - 1,
            linecount=header_lines + lines + 1,
            body_linecount=lines,
            body_zerocount=body.count(b"\0"),
            id=letter.id,
            received_time=letter.head.received,
        )

    @cached_property
    def _headers(self) -> list[Header]:
        fields = self._letter.fields
        return [Header(each.raw.replace(b"\r\n", b"\n").decode("latin-1")) for each in fields]

    @cached_property
    def _body(self) -> str:
        return self._octets.replace(b"\r\n", b"\n").decode("latin-1")

    @property
    def headers(self) -> list[Header]:
        return self._headers

    @headers.setter
    def headers(self, value: list[Header]) -> None:
        """The letter knows them."""

    @property
    def body(self) -> str:
        return self._body

    @body.setter
    def body(self, value: str) -> None:
        """The letter knows it."""


def told(letter: Letter, body: bytes) -> ToldLetter:
    """A letter as strings see it."""
    return ToldLetter(letter, body)


def facts(letter: Letter) -> Mapping[str, Text]:
    """Variables that tell of a letter what is not written in it: its envelope, how it came."""
    known = letter.head.facts
    client, _, port = known.get("host_address", "").rpartition(":")
    mine, _, my_port = known.get("interface_address", "").rpartition(":")
    ours = {
        "message_exim_id": letter.id,
        "message_id": letter.id,
        "received_time": str(int(letter.head.received)),
        "recipients_count": str(len(letter.head.recipients)),
        "received_protocol": known.get("received_protocol", ""),
        "sender_host_address": client.strip("[]"),
        "sender_host_port": port,
        "received_ip_address": mine.strip("[]"),
        "received_port": my_port,
    }
    theirs = {
        "sender_address": letter.sender,
        "return_path": letter.sender,
        "recipients": ", ".join(letter.head.recipients),
        "sender_helo_name": known.get("helo_name", ""),
        "sender_host_name": known.get("host_name", ""),
        "authenticated_id": known.get("auth_id", ""),
    }
    return {
        **{name: Text(value) for name, value in ours.items()},
        **{name: Text(octets(value), tainted=True) for name, value in theirs.items()},
    }
