"""The room at work: a letter is written, and read by somebody who does not trust it.

``python -m labmail.mua`` shows both; nothing is sent.
"""

from __future__ import annotations

from .compose import compose
from .reader import read


def main() -> None:
    draft = compose(
        "Zoë <zoe@example.com>",
        to="Bob <bob@ask.com>",
        subject="Café at noon?",
        text="Dear Bob,\nthe café at noon?\n",
        html='<p>Dear Bob,<br>the <a href="http://evil.test/">café</a> at noon?'
        "<script>steal()</script>",
        bcc="carol@ask.com",
        attachments=[("../map.png", b"\x89PNG\r\n\x1a\n")],
        date="Mon, 02 Mar 2026 09:00:00 +0000",
        message_id="<1@example.com>",
        boundary="tear-here",
    )
    print(draft)
    print("\n" + "─" * 78 + "\nand what the reader sees:\n")
    print(read(draft.message))


if __name__ == "__main__":
    main()
