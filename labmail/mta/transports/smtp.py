"""smtp: to the next host, over the network.

The router gave a list of hosts, the best first; or it gave none, and the transport's own ``hosts``
are taken. They are tried in that order::

    nobody answers, or 4xx     the next host of the list
    5xx to a recipient         that recipient has failed, here and everywhere
    250 after the dot          theirs now

and when the list is at its end, ``fallback_hosts`` have their turn, and whoever is left then is put
off. A host that failed lately is not even called until its next try is due: the retry rule belongs
to the host, not to the letter.

Addresses whose hosts are the same go in one conversation, ``max_rcpt`` to an envelope; what is
said there, `sending` knows. With ``protocol = lmtp`` the host is a message store, which answers for
each recipient; with ``smtps`` everything is ciphered from the first octet.

Law: RFC 5321 §4.5.4.1 (order of addresses, §5.1), Exim specification, chapter 30, and §47.2 on
host, message and recipient errors.

Try: ``transports.make(configuration.transports[0])``.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import ClassVar

from labmail.message.outcome import Failed, Outcome

from ..letter import Letter
from .asking import Asked, Hindered
from .base import Assigned, Hands, Transport
from .copies import copy, sender_of
from .hosting import fallbacks, hosts_for
from .sending import Sending
from .writing import filtered


class SmtpTransport(Transport):
    local: ClassVar[bool] = False

    def batches(self, assigned: Sequence[Assigned], letter: Letter) -> list[list[Assigned]]:
        """One batch for each list of hosts, and for each sender and header that goes along."""
        same: defaultdict[tuple[object, ...], list[Assigned]] = defaultdict(list)
        for each in assigned:
            address = each.address
            added, removed = tuple(address.headers_add), tuple(address.headers_remove)
            domain = "" if self["multi_domain"] in (True, "true", "yes") else each.recipient.domain
            same[(each.hosts, address.errors_to, added, removed, domain)].append(each)
        if self["max_rcpt"] == 1:
            return [[each] for group in same.values() for each in group]
        return list(same.values())

    async def serve(
        self, asked: Asked, letter: Letter, body: bytes, batch: Sequence[Assigned], hands: Hands
    ) -> list[Outcome]:
        sender = await sender_of(asked, letter, batch)
        content = await copy(asked, letter, body, batch, hands.now(), sender)
        content = await filtered(asked, content, batch, hands)
        limit = asked["message_linelength_limit"]
        if limit > 0 and longest_line(content.whole) > limit:
            raise Hindered(Failed("message has lines too long for transport", code="5.6.0"))
        size = max(letter.size + asked["size_addition"], 0)
        sending = Sending(asked, letter, sender, content.whole, size, batch, hands)
        await sending.try_hosts(await hosts_for(asked, batch, hands))
        if sending.waiting and (more := await fallbacks(asked, batch, hands)):
            sending.begin_again()
            await sending.try_hosts(more)
        return sending.outcomes_in_order()


def longest_line(content: bytes) -> int:
    """Octets of the longest line, without its end (RFC 5321 §4.5.3.1.6: at most 998)."""
    return max(map(len, content.split(b"\r\n")))
