"""Reading an address the way Exim reads it: kinder than RFC 5322 here, stricter there.

    bob@ask.com                          a local part, @, a domain
    Bob S. <bob@ask.com> (at work)       words, then the address between angle brackets
    <@relay.test,@hub.test:bob@ask.com>  with a route, which is read and forgotten
    staff: bob@ask.com, eve@ask.com;     a group, where groups are allowed
    bob                                  a local part alone: somebody at home

Dots may stand anywhere in a local part (``b..b``) and in a name (``Bob S.``), a backslash frees the
character behind it, comments and white space may stand between all pieces. A domain is letters,
digits and hyphens between dots; no part begins with a hyphen, and no dot stands last.

    found     what comes of it: an address, or why it is none; what options and groups change
    reader    a cursor over one address
    commas    where one address of a list ends and the next begins

`labmail.message.address` reads addresses as RFC 5322 wants them; this reader has to agree with
Exim about everybody else's.

Law: RFC 5322 §3.4; Exim specification, ``allow_utf8_domains``, ``strip_excess_angle_brackets`` and
``strip_trailing_dot``, ``allow_domain_literals``.

Try::

    >>> extract("Bob S. <bob@ask.com> (at work)").address
    'bob@ask.com'
    >>> extract("bob@@ask.com")
    Traceback (most recent call last):
    labmail.exim.expansion.addresses.found.BadAddress: domain missing or malformed
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from .commas import pieces
from .found import STRICT, BadAddress, Extracted, Groups, Leniency
from .reader import LONGEST, Reader

__all__ = ["BadAddress", "Extracted", "Groups", "Leniency", "addresses", "extract", "pieces"]

_PLAIN = re.compile(
    r"""[ \t\n\r\v\f]*(?P<address>(?P<local>[^\x00-\x20\x7f()<>@,;:\\"\[\]]+)
    (?:@(?P<domain>[A-Za-z0-9][A-Za-z0-9-]*(?:\.[A-Za-z0-9][A-Za-z0-9-]*)*))?)[ \t\n\r\v\f]*""",
    re.VERBOSE,
)
"""Most addresses need no careful reading."""


def extract(
    text: str,
    *,
    groups: Groups | None = None,
    empty: bool = False,
    lenient: Leniency = STRICT,
) -> Extracted:
    """The one address in a text. ``empty`` allows ``<>``. Raises BadAddress."""
    plain = _PLAIN.fullmatch(text)
    if plain and len(text) <= LONGEST and not lenient.utf8_domains:
        domain_at = len(plain["local"]) + 1 if plain["domain"] else 0
        return Extracted(plain["address"], domain_at, *plain.span("address"))
    reader = Reader(text, groups, lenient)
    try:
        return reader.mailbox(empty)
    except BadAddress:
        reader.leave_group()
        raise


def addresses(text: str, *, lenient: Leniency = STRICT) -> Iterator[Extracted | BadAddress]:
    """Each address of a header line, or what is wrong with it.

    >>> [found.address for found in addresses("staff: Bob <b@ask.com>, eve@ask.com;")]
    ['b@ask.com', 'eve@ask.com']
    """
    groups = Groups()
    for piece in pieces(text):
        if not piece.strip(" "):
            yield BadAddress("empty address")
            continue
        try:
            yield extract(piece, groups=groups, lenient=lenient)
        except BadAddress as bad:
            yield bad
