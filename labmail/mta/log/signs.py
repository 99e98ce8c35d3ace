"""What a log line shows of a connection: ciphers, certificates, who logged in, by which words.

    X=TLS1.3:TLS_AES_256_GCM_SHA384:256 CV=yes DN="CN=mail.ask.com" A=plain:alice L K C="250 OK"

Law: Exim specification, §53.13, §53.15.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .selecting import Selection

if TYPE_CHECKING:
    from labmail.message.outcome import Signs

    from ..reception.received import Origin

AUTHENTICATORS = {"PLAIN": "plain_server", "LOGIN": "login_server"}
"""What Debian's configuration calls the authenticators."""


def quoted(text: str) -> str:
    """A text between quotation marks.

    >>> quoted('250 2.0.0 "OK"')
    '"250 2.0.0 \\\\"OK\\\\""'
    """
    escaped = text.replace("\n", "\\n").replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def tls(
    cipher: str,
    verified: str,
    wanted: Selection,
    *,
    dn: str = "",
    sni: str = "",
    resumed: bool = False,
) -> list[str]:
    """X= and what belongs to it; nothing where the connection was in the clear."""
    if not cipher:
        return []
    star = "*" if resumed and "tls_resumption" in wanted else ""
    words = [f"X={cipher}{star}"] if "tls_cipher" in wanted else []
    words += [f"CV={verified}"] if "tls_certificate_verified" in wanted else []
    words += [f"DN={quoted(dn)}"] if dn and "tls_peerdn" in wanted else []
    words += [f"SNI={sni}"] if sni and "tls_sni" in wanted else []
    return words


def authenticated(name: str, who: str, sender: str, wanted: Selection) -> list[str]:
    """A=: by which authenticator, as whom, and for whom the letter is."""
    if not name:
        return []
    more = f":{who}" if who else ""
    if sender and "smtp_mailauth" in wanted:
        more = f"{more or ':'}:{sender}"
    return [f"A={name}{more}"]


def of_client(origin: Origin, wanted: Selection, *, chunks: bool = False) -> list[str]:
    """The client of a letter that came in: H=, I=, U=, P= and its signs."""
    words: list[str] = []
    if origin.address:
        port = f":{origin.port}" if origin.port and "incoming_port" in wanted else ""
        words.append(f"H={origin.host}{port}")
        if origin.interface and "incoming_interface" in wanted:
            words.append("I=[{}]:{}".format(*origin.interface))
    if origin.ident:
        words.append(f"U={origin.ident}")
    words.append(f"P={origin.protocol}")
    words += tls(origin.tls or "", "no", wanted)
    if origin.user:
        name = AUTHENTICATORS.get(origin.mechanism or "", "server")
        words += authenticated(name, origin.user, "", wanted)
    return [*words, "K"] if chunks else words


def of_host(name: str, address: str, signs: Signs | Any, wanted: Selection) -> list[str]:
    """The host that a letter went to: H=, I= and the signs of the conversation."""
    port = getattr(signs, "port", 0)
    shown = f":{port}" if port and "outgoing_port" in wanted else ""
    again = "*" if getattr(signs, "again", False) else ""
    words = [f"H={name} [{address}]{shown}{again}"]
    own = getattr(signs, "own_address", "")
    if own and "incoming_interface" in wanted and "outgoing_interface" in wanted:
        own_port = f":{signs.own_port}" if "outgoing_port" in wanted else ""
        words.append(f"I=[{own}]{own_port}")
    if signs is None:
        return words
    words += tls(
        signs.cipher,
        signs.verified,
        wanted,
        dn=signs.peer_dn,
        resumed=getattr(signs, "resumed", False),
    )
    words += authenticated(signs.authenticator, signs.auth_id, signs.auth_sender, wanted)
    for sign, selector, shown in (
        ("pipelining", "pipelining", "L"),
        ("chunking", "", "K"),
        ("prdr", "", "PRDR"),
    ):
        if getattr(signs, sign, False) and selector in wanted:
            words.append(shown)
    return words
