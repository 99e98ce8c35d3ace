"""The tree of a filter: commands in their order, and the choices between them.

    If ── condition ── Deliver, Save, Pipe …
       └─ otherwise ── Mail

Arguments stand here as they were written.

Law: "Exim's interfaces to mail filtering", §3.8 to §3.21.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .conditions import Condition

MAIL_TEXTS = (
    "to",
    "cc",
    "bcc",
    "from",
    "reply_to",
    "subject",
    "extra_headers",
    "text",
    "file",
    "log",
    "once",
    "once_repeat",
)
"""What an answer is made of, in the order in which Exim looks at it."""


class Command:
    """One command: its arguments as written, the line it ends near, and the words before it.

    ``seen`` is None where its author did not say.
    """

    def __init__(self, name: str, arguments: tuple[str, ...], line: int) -> None:
        self.name, self.arguments, self.line = name, arguments, line
        self.seen: bool | None = None
        self.noerror = False


class Mail(Command):
    """``mail`` or ``vacation``: an answer."""

    def __init__(self, name: str, line: int) -> None:
        super().__init__(name, (), line)
        self.texts: dict[str, str] = {}
        self.expand_file = False
        self.return_message = False


class If:
    """``if``: conditions with their commands, the first that is true; at last ``else``."""

    def __init__(self) -> None:
        self.name = "if"
        self.branches: list[tuple[Condition, list[Step]]] = []
        self.otherwise: list[Step] = []


Step = Command | If
