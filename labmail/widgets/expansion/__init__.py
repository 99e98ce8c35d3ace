"""The expansion, unfolded: a string of Exim's language, computed step by step before your eyes.

In the order in which to read: `model` says what the page is told of an explanation; `widget` is
what a notebook holds. The explanation itself is `labmail.exim.expansion.explaining`'s, and works
without any of this: ``print(host.explain("…"))``. The page's own part begins in ``js/main.js``.

Try: ``unfold("${uc:$local_part}", host, local_part="bob")``.
"""

from .model import model
from .widget import ExpansionWidget, unfold

__all__ = ["ExpansionWidget", "model", "unfold"]
