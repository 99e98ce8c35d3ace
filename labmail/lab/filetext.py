"""The text of a file of a host, as `LabHost.cat` gives it: a string that a notebook shows well.

Long lines, such as those of a log, are broken between words and set in where they go on, so that
each line of the file still begins at the margin.

Try: ``lab.host("mail.ask.com").mainlog``.
"""

from __future__ import annotations

from ..message import look
from ..message.visible import visible

MOST = 500
"""Lines that are shown; ``print`` shows them all."""


class FileText(str):
    """A string in every way but one: looked at, it is text, not a quoted string."""

    __slots__ = ()

    def __repr__(self) -> str:
        return "\n".join(visible(line) for line in self.split("\n"))

    def _repr_html_(self) -> str:
        lines = self.removesuffix("\n").split("\n")
        rows = "".join(f"<div>{look.esc(line) or '&nbsp;'}</div>" for line in lines[:MOST])
        more = look.quiet(f"… and {len(lines) - MOST:,} more lines") if len(lines) > MOST else ""
        well = f'<div class="lm-file">{rows}</div>{more}' if self else look.quiet("(empty)")
        return f"<style>{STYLE}</style>" + look.card(look.row(well), label="text of a file")


STYLE = """
.lm .lm-file{font-family:var(--lm-mono);font-size:12px;line-height:1.5}
.lm .lm-file>div{white-space:pre-wrap;overflow-wrap:anywhere;padding-left:3em;text-indent:-3em}
"""
