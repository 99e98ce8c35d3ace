"""The room at work: one letter, its three parts, its road and its tree.

``python -m labmail.message`` shows a letter that lies about its author; with a file name, a letter
of yours: ``python -m labmail.message letter.eml``.
"""

from __future__ import annotations

import sys
from pathlib import Path

from .compare import compare
from .envelope import Envelope
from .message import Message
from .show import show_letter

LETTER = """\
Received: from mail.example.com ([128.10.12.4]) by mail.ask.com with esmtp
 id 1vx9aB-00000000001-0abc for bob@ask.com; Mon, 02 Mar 2026 10:00:04 +0100
Received: from alice.example.com ([128.10.12.2]) by mail.example.com with esmtpsa
 id 1vx9aA-00000000001-0xyz; Mon, 02 Mar 2026 09:00:01 +0000
Date: Mon, 02 Mar 2026 09:00:00 +0000
From: The President <president@whitehouse.test>
To: bob@ask.com
Subject: =?utf-8?Q?Caf=C3=A9_at_noon=3F?=
MIME-Version: 1.0
Content-Type: multipart/mixed; boundary=tear-here

--tear-here
Content-Type: text/plain; charset=utf-8
Content-Transfer-Encoding: quoted-printable

Dear Bob, the caf=C3=A9 at noon?
--tear-here
Content-Type: image/png
Content-Transfer-Encoding: base64
Content-Disposition: attachment; filename="../map.png"

iVBORw0KGgo=
--tear-here--
"""


def main(arguments: list[str]) -> None:
    content = LETTER.replace("\n", "\r\n").encode()
    if arguments:
        content = Path(arguments[0]).read_bytes()
    message = Message(content)
    envelope = Envelope("alice@example.com", ("bob@ask.com", "carol@ask.com"))
    print(show_letter(envelope, message, compare(envelope, message.header)))
    print(f"\n{message.tree()}\n\n{message.hops()}")


if __name__ == "__main__":
    main(sys.argv[1:])
