"""The other servers that a zone is exchanged with, and the keys that such talk is signed with.

A secondary names its primaries, by address or by a list of its own that several zones share::

    key "transfers" { algorithm hmac-sha256; secret "c2VjcmV0IG9mIHR3by4="; };
    primaries "ask" { 128.10.30.1 key transfers; };
    zone "ask.com" { type secondary; primaries { ask; 128.10.30.9; }; };

A key is a secret that two servers share. Whoever signs with it (TSIG) is known by it, and nobody on
the way can change a word. A signature is dated; the date is that of the machine, also in a lab
whose clock stands still, so that `dig -y` from outside is believed.

Law: RFC 8945 (TSIG); BIND 9 Administrator Reference Manual, "primaries" and "key".
Try: ``peers(conf.parse("primaries { 128.10.30.1; };")[0], {})``.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Mapping
from dataclasses import dataclass
from ipaddress import ip_address, ip_network

import dns.exception
import dns.name
import dns.tsig
from dns.name import Name
from dns.tsig import Key

from .acl import in_full
from .conf import Block, Statement, Word
from .problems import nearest
from .values import PORT, block, domain, only_word, port_number, wrong

Lists = Mapping[str, Block]
Keys = Mapping[Name, Key]

ALGORITHMS = {
    "hmac-md5": dns.tsig.HMAC_MD5,
    "hmac-md5.sig-alg.reg.int": dns.tsig.HMAC_MD5,
    "hmac-sha1": dns.tsig.HMAC_SHA1,
    "hmac-sha224": dns.tsig.HMAC_SHA224,
    "hmac-sha256": dns.tsig.HMAC_SHA256,
    "hmac-sha384": dns.tsig.HMAC_SHA384,
    "hmac-sha512": dns.tsig.HMAC_SHA512,
}
"""How a key may sign (RFC 8945 §6)."""


@dataclass(frozen=True, slots=True)
class Peer:
    """Another name server: where it is, and the name of the key that both sign with."""

    address: str
    port: int = PORT
    key: Name | None = None

    def __str__(self) -> str:
        return f"{self.address}#{self.port}"


def peers(statement: Statement, lists: Lists, within: tuple[str, ...] = ()) -> tuple[Peer, ...]:
    """The servers of ``primaries port N { ADDRESS port N key K; LIST; … };``, each once.

    ``lists`` are the blocks that ``primaries`` statements of the top level have named. Raises
    `ConfigError` for what is neither an address nor such a name.
    """
    port, key = _details(statement.words, PORT)
    return _peers(block(statement), port, key, lists, within)


def _peers(
    servers: Block, port: int, key: Name | None, lists: Lists, within: tuple[str, ...]
) -> tuple[Peer, ...]:
    found: list[Peer] = []
    for each in servers.statements:
        first = each.parts[0]
        its_port, its_key = _details(each.words, port)
        try:
            found.append(Peer(str(ip_address(str(first))), its_port, its_key or key))
        except ValueError:
            named = _list(first, lists, within)
            found += _peers(named, its_port, its_key or key, lists, (*within, named_as(first)))
    return tuple(dict.fromkeys(found))


def _list(word: Word | Block, lists: Lists, within: tuple[str, ...]) -> Block:
    if not isinstance(word, Word):
        raise wrong(word, "unexpected token", "an address, or the name of a list")
    if word.text not in lists:
        what = f"unable to find primaries list {word.text!r}"
        raise wrong(word, what, "an address, or the name of a list", nearest(word.text, lists))
    if word.text in within:
        raise wrong(word, f"primaries list {word.text!r} contains itself")
    return lists[word.text]


def named_as(word: Word | Block) -> str:
    """The name that a word writes, without quotes."""
    return word.text if isinstance(word, Word) else ""


def _details(words: tuple[Word, ...], port: int) -> tuple[int, Name | None]:
    """What follows an address: ``port N``, ``key NAME``, in any order."""
    key: Name | None = None
    rest = list(words)
    while rest:
        what = rest.pop(0)
        if what.text not in ("port", "key"):
            raise wrong(what, f"missing ';' before {what.text!r}", "port N, key NAME, or ';'")
        if not rest:
            raise wrong(what, "unexpected end of statement", f"a value after {what.text}")
        if what.text == "port":
            port = port_number(rest.pop(0))
        else:
            key = domain(rest.pop(0))
    return port, key


def key_of_text(given: str) -> Key:
    """The key that ``dig -y`` writes as ``hmac-sha256:NAME:SECRET``. Raises ValueError.

    >>> key_of_text("hmac-sha256:transfers:c2VjcmV0").name.to_text()
    'transfers.'
    """
    *algorithm, name, secret = ["", *given.split(":")] if ":" in given else ["", "", ""]
    chosen = ALGORITHMS.get("".join(algorithm).lower() or "hmac-sha256")
    if chosen is None or not name:
        raise ValueError("a key is written as hmac-sha256:NAME:SECRET, the secret in base64")
    try:
        return Key(dns.name.from_text(name), base64.b64decode(secret, validate=True), chosen)
    except (dns.exception.DNSException, ValueError):
        raise ValueError(f"the key {name!r} has no such name, or no base64 as secret") from None


def key(statement: Statement) -> Key:
    """The key of ``key NAME { algorithm A; secret S; };``. Raises `ConfigError`."""
    name = only_word(statement)
    given: dict[str, Word] = {}
    for option in block(statement).statements:
        if option.keyword not in ("algorithm", "secret"):
            close = nearest(option.keyword, ("algorithm", "secret"))
            raise wrong(option.parts[0], f"unknown option {option.keyword!r}", "", close)
        if len(option.words) != 1:  # said here, so that a secret is in no message
            raise wrong(option.parts[0], "unexpected token", f"{option.keyword} and one word")
        given[option.keyword] = only_word(option)
    if len(given) < 2 or not given["secret"].text:
        what = f"key {name.text!r} must have both 'secret' and 'algorithm' defined"
        raise wrong(name, what, 'algorithm hmac-sha256; secret "…";')
    return Key(domain(name), _secret(given["secret"]), _algorithm(given["algorithm"]))


def server_key(statement: Statement, keys: Keys) -> tuple[str, Name | None]:
    """``server ADDRESS { keys NAME; };``: whom to sign for wherever no other key is named.

    What else such a statement may say is read over. Raises `ConfigError`.
    """
    address = only_word(statement)
    try:
        found = str(ip_network(in_full(address.text)))
    except ValueError:
        raise wrong(address, "unexpected token", "the address or the net of a server") from None
    key = None
    for option in block(statement).statements:
        if option.keyword == "keys":
            inside = option.block.statements[:1] if option.block else ()
            word = inside[0].parts[0] if inside else only_word(option)
            key = domain(word) if isinstance(word, Word) else None
            if key is None or key not in keys:
                raise wrong(word, f"unknown key {str(word)!r}", "the name of a key statement")
    return found.removesuffix("/32").removesuffix("/128"), key


def _algorithm(word: Word) -> Name:
    if word.text.lower() not in ALGORITHMS:
        close = nearest(word.text.lower(), ALGORITHMS)
        raise wrong(word, f"unknown algorithm {word.text!r}", "such as hmac-sha256", close)
    return ALGORITHMS[word.text.lower()]


def _secret(word: Word) -> bytes:
    """The octets of a secret; what is wrong with it is told without the secret."""
    try:
        return base64.b64decode(word.text, validate=True)
    except (binascii.Error, ValueError):
        hidden = Word("…", word.spot)
        raise wrong(hidden, "bad secret 'bad base64 encoding'", "octets in base64") from None
