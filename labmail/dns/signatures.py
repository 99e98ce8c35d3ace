"""A signature that is not believed: what a server says of it, and what whoever asked makes of that.

The answer is NOTAUTH, and a TSIG record without a signature says which kind of mistake it was::

    BADKEY    no key of this name here, or another algorithm
    BADSIG    the name is right, the secret is not (or a word was changed on the way)
    BADTIME   the date is more than five minutes off

Which of two servers has the wrong secret, nobody can say: they only differ.

Law: RFC 8945 §5.2 and §5.3.2; the words are BIND's. Try: ``dig -y hmac-sha256:nobody:AAAA …``.
"""

from __future__ import annotations

import struct

import dns.message
import dns.rdataclass
import dns.rdatatype
import dns.tsig
from dns.rcode import Rcode
from dns.rdtypes.ANY.TSIG import TSIG

_OURS: dict[type[Exception], Rcode] = {
    dns.message.UnknownTSIGKey: Rcode.BADKEY,
    dns.tsig.BadKey: Rcode.BADKEY,
    dns.tsig.BadAlgorithm: Rcode.BADKEY,
    dns.tsig.BadSignature: Rcode.BADSIG,
    dns.tsig.BadTime: Rcode.BADTIME,
}
_THEIRS: dict[type[Exception], str] = {
    dns.tsig.PeerBadKey: "BADKEY",
    dns.tsig.PeerBadSignature: "BADSIG",
    dns.tsig.PeerBadTime: "BADTIME",
    dns.tsig.PeerBadTruncation: "BADTRUNC",
}
MISTAKES = tuple(_OURS)
"""What reading a message that is signed may raise."""
TSIG_HEADER = struct.Struct("!HHIH")
"""Of a record, after its name: type, class, time to live, octets of data."""


def refusal(data: bytes, error: Exception) -> tuple[bytes, str]:
    """The answer to a message whose signature is not good, and what to tell of it.

    ``data`` can be read but for that; ``error`` is one of `MISTAKES`.
    """
    kind = _OURS[type(error)]
    query = dns.message.from_wire(data, keyring=False)
    reply = dns.message.make_response(query)
    reply.set_rcode(Rcode.NOTAUTH)
    wire = reply.to_wire()
    assert query.tsig is not None
    given: TSIG = query.tsig[0]
    told = given.replace(mac=b"", error=int(kind), original_id=query.id, other=b"").to_wire()
    assert told is not None
    name = query.tsig.name.to_wire()
    assert name is not None
    head = TSIG_HEADER.pack(dns.rdatatype.TSIG, dns.rdataclass.ANY, 0, len(told))
    (additional,) = struct.unpack_from("!H", wire, 10)
    wire = wire[:10] + struct.pack("!H", additional + 1) + wire[12:] + name + head + told
    key = query.tsig.name.to_text(omit_final_dot=True)
    return wire, f"request has invalid signature: TSIG {key}: tsig verify failure ({kind.name})"


def refused(error: Exception) -> str:
    """What the other end says of our signature: ``tsig indicates error (BADKEY)``."""
    return f"tsig indicates error ({_THEIRS.get(type(error), error)})"
