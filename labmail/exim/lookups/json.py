"""json: a place in a document.

    {"users": [{"name": "ann", "quota": 5}]}

    ${lookup {users:0:name} json {/etc/mail/users.json}}      ann

The key is a list that leads from the outside in: digits choose in an array, from 0, anything else
in an object. A string comes without its quotes, an array or object as JSON; null is nothing.

Law: Exim specification, §9.3. Debian's Exim is built without it.
"""

from __future__ import annotations

from typing import Any

from labmail.exim.config.split import split
from labmail.exim.lookups.lsearch import read
from labmail.exim.lookups.table import Answer, Question, Table, World


class Json:
    """A document, or None where the file holds none."""

    def __init__(self, path: str, octets: bytes) -> None:
        import json

        self.path = path
        self.trouble = ""
        self.document: Any = None
        try:
            self.document = json.loads(octets.decode("utf-8"))
        except (ValueError, RecursionError) as wrong:
            self.trouble = str(wrong) or type(wrong).__name__

    async def find(self, question: Question, world: World) -> Answer:
        """What lies at the place that the key leads to."""
        if self.trouble:
            return Answer(None, f"{self.path} is not JSON: {self.trouble}")
        place = self.document
        for selector in split(question.key):
            try:
                place = _inside(place, selector)
            except LookupError:
                return Answer(None, f"{self.path} has no {selector} on the way {question.key}")
        return Answer(_text(place), f"{self.path} has something at {question.key}")


def open_table(name: str, where: str, world: World) -> Table:
    """The file as a table. CannotOpen where it isn't a regular file that may be read."""
    return Json(where, read(where, world, "json search", name))


def _inside(place: Any, selector: str) -> Any:
    """One step further in. LookupError where there is nothing of that name or number."""
    if selector.isdigit() and isinstance(place, list):
        return place[int(selector[:9])]
    if not selector.isdigit() and isinstance(place, dict):
        return place[selector.encode("latin-1").decode("utf-8", "replace")]
    raise LookupError(selector)


def _text(place: Any) -> str | None:
    """A value as a lookup gives it."""
    import json

    if place is None:
        return None
    if isinstance(place, float):
        return f"{place:f}"
    text = place if isinstance(place, str) else json.dumps(place, ensure_ascii=False)
    return text.encode("utf-8", "replace").decode("latin-1")
