"""Wishes that travel on: what the next host is asked to report about a recipient (RFC 3461).

Try: ``handed_on(recipient, letter)``.
"""

from __future__ import annotations

from dataclasses import replace

from labmail.smtp import Wish

from ..letter import Letter
from ..recipient import Recipient


def handed_on(recipient: Recipient, letter: Letter) -> Wish:
    """What the next host is asked to report about ``recipient``.

    Where one address has become several, the success of each is not what the sender asked about
    (RFC 3461 §5.2.7.3); that it was expanded is reported here.
    """
    wish = letter.wish(recipient.original.address)
    if not recipient.expanded or not wish.success:
        return wish
    left = tuple(each for each in wish.notify if each != "SUCCESS")
    return replace(wish, notify=left or ("NEVER",))
