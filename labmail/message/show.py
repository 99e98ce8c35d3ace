"""Seeing a letter: the envelope, the header, the body, and all three side by side.

Long things are cut: a body after `MOST_LINES` lines, a header or an envelope after `MOST_FIELDS`.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from . import look
from .show_tree import show_tree, tree_html
from .shown import Shown, cut, more
from .visible import as_text, octets, shorten, visible, visible_bytes

if TYPE_CHECKING:
    from .body import Body
    from .compare import Comparison
    from .envelope import Envelope
    from .field import Field
    from .header import Header
    from .message import Message

MOST_LINES = 40
MOST_FIELDS = 100
MOST_PROBLEMS = 6
WIDEST = 300

ENVELOPE = ("Envelope", "read by servers, in the SMTP dialogue (RFC 5321)")
HEADER = ("Header", "read by people and their programs (RFC 5322)")
BODY = ("Body", "read by whom it is for")


# -- the envelope -------------------------------------------------------------------------------


def show_envelope(envelope: Envelope) -> Shown:
    lines = _envelope_lines(envelope)
    text = "\n".join([_title(ENVELOPE), *(f"  {visible(line)}" for line in lines)])
    return Shown(text, look.card(look.columns(_envelope_html(envelope)), label="envelope"))


def _envelope_lines(envelope: Envelope) -> list[str]:
    return cut(list(envelope.commands), MOST_FIELDS, "recipients")


def _envelope_html(envelope: Envelope) -> str:
    return look.heading(*ENVELOPE, role="talk") + look.well("\n".join(_envelope_lines(envelope)))


# -- the header ---------------------------------------------------------------------------------


def show_header(header: Header) -> Shown:
    lines = [line for field in header.fields[:MOST_FIELDS] for line in _field_lines(field)]
    rest = more(len(header), MOST_FIELDS, "fields")
    problems = [f"  ! {problem}" for problem in _problems(header)]
    title = f"{_title(HEADER)}: {len(header)} fields, {octets(len(bytes(header)))}"
    text = "\n".join([title, *(f"  {line}" for line in [*lines, *rest]), *problems])
    return Shown(text, look.card(look.columns(_header_html(header)), label="header"))


def _field_lines(field: Field) -> Iterable[str]:
    """The lines as they travel; below them what an encoded field says."""
    for line in field.lines[:MOST_LINES]:
        yield shorten(visible_bytes(line), WIDEST)
    if field.text != field.value:
        yield f"    says: {shorten(visible(field.text), WIDEST)}"


def _header_html(header: Header) -> str:
    pairs = "\n".join(_field_html(field) for field in header.fields[:MOST_FIELDS])
    rest = "".join(map(look.quiet, more(len(header), MOST_FIELDS, "fields")))
    note = look.quiet(f"{len(header)} fields, {octets(len(bytes(header)))}")
    problems = "".join(f"<li>{look.esc(problem)}</li>" for problem in _problems(header))
    listed = f"<ul class='lm-small lm-problems'>{problems}</ul>" if problems else ""
    return (
        look.heading(*HEADER, role="person")
        + f'<dl class="lm-fields lm-well">\n{pairs}\n</dl>{rest}{listed}{note}'
    )


def _field_html(field: Field) -> str:
    value = "\n".join(map(look.esc, _value_lines(field)))
    if field.text != field.value:
        value += f'<br><span class="lm-quiet">says: {look.esc(shorten(field.text, WIDEST))}</span>'
    return f"<dt>{look.esc(field.name)}:</dt><dd>{value}</dd>"


def _value_lines(field: Field) -> Iterable[str]:
    """What stands behind the colon, folded where its writer folded it (RFC 5322 §2.2.3)."""
    first, *rest = field.lines[:MOST_LINES]
    for line in (first.partition(b":")[2], *rest):
        yield shorten(as_text(line).strip(), WIDEST)


def _problems(header: Header) -> list[str]:
    found = [str(problem) for problem in header.problems]
    return cut(found, MOST_PROBLEMS, "problems")


# -- the body -----------------------------------------------------------------------------------


def show_body(body: Body) -> Shown:
    size = _body_size(body)
    text = "\n".join([f"{_title(BODY)}: {size}", *(f"  {line}" for line in _body_lines(body))])
    return Shown(text, look.card(look.columns(_body_html(body)), label="body"))


def _body_lines(body: Body) -> list[str]:
    lines = [shorten(as_text(line), WIDEST) for line in body.lines[:MOST_LINES]]
    rest = more(len(body.lines), MOST_LINES, "lines")
    return [visible(line) for line in [*lines, *rest]]


def _body_size(body: Body) -> str:
    count = len(body.lines)
    return f"{count:,} line{'' if count == 1 else 's'}, {octets(len(body))}"


def _body_html(body: Body) -> str:
    well = look.well("\n".join(_body_lines(body)))
    return look.heading(*BODY, role="keep") + well + look.quiet(_body_size(body))


# -- together -----------------------------------------------------------------------------------


def show_message(message: Message) -> Shown:
    """Header and body; and the tree, where the body has parts."""
    tree = message.tree()
    parts = [show_header(message.header).text, show_body(message.body).text]
    below = ""
    if tree.parts:
        parts.append(show_tree(tree).text)
        below = look.row(tree_html(tree))
    columns = look.columns(_header_html(message.header), _body_html(message.body))
    return Shown("\n\n".join(parts), look.card(columns, below, label="message"))


def show_letter(
    envelope: Envelope, message: Message, compared: tuple[Comparison, ...], title: str = ""
) -> Shown:
    """The three parts side by side, and where envelope and header disagree."""
    texts = [
        show_envelope(envelope).text,
        show_header(message.header).text,
        show_body(message.body).text,
        "\n".join(_comparison_line(item) for item in compared),
    ]
    rows = [
        (
            f"<b>{item.what}</b>",
            look.code(", ".join(cut(list(item.envelope), 6, "more"))),
            look.code(", ".join(cut(list(item.header), 6, "more"))),
            look.sign(item.same, "the same" if item.same else "they differ"),
            look.esc(item.says),
        )
        for item in compared
    ]
    head = look.row(f"<h3>{look.esc(title)}</h3>") if title else ""
    columns = look.columns(
        _envelope_html(envelope), _header_html(message.header), _body_html(message.body)
    )
    table = look.row(look.table(("", "envelope", "header", "", "which means"), rows))
    text = "\n\n".join(([visible(title)] if title else []) + texts)
    return Shown(text, look.card(head, columns, table, label="letter"))


def _comparison_line(item: Comparison) -> str:
    verdict = "✓ the same" if item.same else "≠ they differ"
    return f"{item.what}: {verdict}. {visible(item.says)}"


def _title(part: tuple[str, str]) -> str:
    return f"{part[0]}, {part[1]}"
