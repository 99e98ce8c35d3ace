"""Reading: what a user agent shows of a letter, and what it must not let a letter do.

A notebook's page has the reader's own rights: a script in it can read her files through Jupyter.
So nothing of a letter becomes part of that page. Text is escaped; HTML goes into a frame that the
browser walls off (``sandbox=""``: no scripts, no forms, an origin of its own) and that may fetch
nothing (its Content-Security-Policy), so that the sender does not learn when his letter is read;
and what goes in there was tamed before (`tame`). Names of files are only suggestions.

Law: RFC 2046 §5.1.4 (which alternative to show), RFC 2183 §2.3 (names), HTML §4.8.5 (sandbox).

Try: ``read(Message(content))``.
"""

from __future__ import annotations

import base64
from html import escape

from labmail.message import Message, Part, Shown, look
from labmail.message.show_tree import show_tree, tree_html
from labmail.message.visible import octets, shorten, visible

from .tame import plain, tame

POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src data:"
FIELDS = ("From", "To", "Cc", "Date", "Subject")
MOST_LINES = 400
WIDEST = 1000
PICTURES = frozenset(("image/png", "image/jpeg", "image/gif", "image/webp"))
MOST_PICTURES = 4_000_000
"""Octets of pictures that one frame is given."""

_DRESS = (
    "body{font:14px/1.5 system-ui,sans-serif;margin:12px;overflow-wrap:anywhere;color:#111;"
    "background:#fff}img{max-width:100%}"
)


def read(message: Message) -> Shown:
    """The letter as a mail reader shows it: summary, text, HTML in its frame, attachments, tree."""
    return Shown(_text(message), _html(message))


# -- as text ------------------------------------------------------------------------------------


def _text(message: Message) -> str:
    head = [f"{name}: {value}" for name, value in summary(message)]
    blocks = ["\n".join(head), "\n".join(_body_lines(message))]
    files = [_file_line(number, part) for number, part in enumerate(message.attachments, 1)]
    if files:
        blocks.append("\n".join(["Attachments", *files]))
    if message.tree().parts:
        blocks.append(show_tree(message.tree()).text)
    return "\n\n".join(filter(None, blocks))


def summary(message: Message) -> list[tuple[str, str]]:
    """The fields that a reader shows above the text, decoded and harmless."""
    shown = [(name, message.header.text(name)) for name in FIELDS if name in message.header]
    return [(name, visible(shorten(value, WIDEST))) for name, value in shown]


def _body_lines(message: Message) -> list[str]:
    text = message.text or plain(message.html)
    lines = text.rstrip("\n").split("\n")
    shown = [visible(shorten(line, WIDEST)) for line in lines[:MOST_LINES]]
    cut = len(lines) - MOST_LINES
    return [*shown, *([f"… and {cut:,} more lines"] if cut > 0 else [])]


def _file_line(number: int, part: Part) -> str:
    return f"  {number}. {part.safe_name}, {_file_facts(part)}"


def _file_facts(part: Part) -> str:
    facts = [part.type, octets(len(part.content))]
    if part.filename is not None and part.filename != part.safe_name:
        facts.append(f'the sender suggests "{visible(shorten(part.filename, 80))}"')
    return ", ".join(facts)


# -- as HTML ------------------------------------------------------------------------------------


def _html(message: Message) -> str:
    fields = "\n".join(
        f"<dt>{look.esc(name)}</dt><dd>{look.esc(value)}</dd>"
        for name, value in summary(message)
        if name != "Subject"
    )
    subject = look.esc(shorten(message.subject, WIDEST)) or "(no subject)"
    head = look.row(f"<h3>{subject}</h3>", f'<dl class="lm-fields">\n{fields}\n</dl>')
    rows = [head, look.row(_body_html(message))]
    if message.attachments:
        rows.append(look.row("<h4>Attachments</h4>", _files_html(message)))
    if message.tree().parts:
        rows.append(look.row(tree_html(message.tree())))
    return look.card(*rows, label="letter")


def _body_html(message: Message) -> str:
    text = look.well("\n".join(_body_lines(message))) if message.text or not message.html else ""
    if not message.html:
        return text
    note = look.quiet("The letter's HTML, in a frame without scripts and without network.")
    return (f"<h4>as text</h4>{text}" if text else "") + f"<h4>as HTML</h4>{frame(message)}{note}"


def frame(message: Message) -> str:
    """The letter's HTML behind the browser's own wall: it cannot reach the page around it."""
    page = (
        '<!doctype html><html><head><meta charset="utf-8">'
        f'<meta http-equiv="Content-Security-Policy" content="{POLICY}">'
        f'<meta name="referrer" content="no-referrer"><style>{_DRESS}</style></head>'
        f"<body>{tame(message.html, _Pictures(message).address)}</body></html>"
    )
    return (
        '<iframe class="lm-frame" sandbox="" referrerpolicy="no-referrer" '
        f'title="the HTML of the letter" srcdoc="{escape(page, quote=True)}"></iframe>'
    )


def _files_html(message: Message) -> str:
    rows = [
        (str(number), look.code(part.safe_name), look.esc(_file_facts(part)))
        for number, part in enumerate(message.attachments, 1)
    ]
    return look.table(("", "name to save it under", "what it is"), rows)


class _Pictures:
    """The pictures that lie in the letter itself, by Content-ID (RFC 2392)."""

    def __init__(self, message: Message) -> None:
        self.left = MOST_PICTURES
        self.parts = {
            part.header.get("Content-ID").strip("<>"): part
            for part in message.leaves()
            if part.type in PICTURES
        }

    def address(self, cid: str) -> str:
        """A ``data:`` address, or ``""`` if there is no such picture, or they grow too many."""
        part = self.parts.get(cid)
        if part is None or part.size > self.left:
            return ""
        self.left -= part.size
        return f"data:{part.type};base64,{base64.b64encode(part.content).decode('ascii')}"
