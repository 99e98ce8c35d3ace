"""A picture that is alive in a notebook, and can be read where no kernel is.

    live       the page's own part (`_esm`) draws what the kernel hands it, and sends wishes back
    kept       the same page as HTML, with the last state in it: `to_html`, a notebook on GitHub
    in words   `text`: ``print``, a terminal, a reader that shows no HTML

What is drawn and said is the business of whoever inherits: `text`, `_title` and `_fragment`.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import anywidget

from .page import page


class Picture(anywidget.AnyWidget):
    """What all widgets have in common."""

    @property
    def text(self) -> str:
        """The same in words."""
        raise NotImplementedError

    @property
    def _title(self) -> str:
        """The title of the document that stands alone."""
        raise NotImplementedError

    def _fragment(self) -> str:
        """The picture as it is now, as HTML that needs no kernel."""
        raise NotImplementedError

    def to_html(self, path: str | Path | None = None) -> str:
        """A document that stands alone and fetches nothing; written to ``path`` if given."""
        document = page(self._title, self._fragment())
        if path is not None:
            Path(path).write_text(document, encoding="utf-8")
        return document

    def __str__(self) -> str:
        return self.text

    __repr__ = __str__

    def _repr_mimebundle_(self, **_: Any) -> tuple[dict[str, Any], dict[str, Any]]:
        """The live widget; beside it the page that is read without a kernel, and the words."""
        shown: Any = super()._repr_mimebundle_()
        bundle, metadata = shown if isinstance(shown, tuple) else (shown or {}, {})
        return {**bundle, "text/plain": self.text, "text/html": self._fragment()}, metadata
