"""Variables of the time: now, as the context's clock has it, in the forms that mail knows.

Law: Exim specification, §11.9, ``$tod_…``.
"""

from __future__ import annotations

from collections.abc import Callable

from labmail.exim.text import Text

from ..context import Context

TABLE = ""

NAMES = [
    "tod_bsdinbox",
    "tod_epoch",
    "tod_epoch_l",
    "tod_full",
    "tod_log",
    "tod_logfile",
    "tod_zone",
    "tod_zulu",
]


def _moment(name: str) -> Callable[[Context], Text]:
    def value(context: Context) -> Text:
        from ..dates import tod

        return Text(tod(name, context))

    return value


COMPUTED: dict[str, Callable[[Context], Text]] = {name: _moment(name) for name in NAMES}
