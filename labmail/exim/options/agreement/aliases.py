"""Two names for one thing: whichever is set last counts."""

from __future__ import annotations

from labmail.exim.config.configuration import Settings
from labmail.exim.options.field import Options


def follow(settings: Settings, table: type[Options]) -> None:
    """Puts what was set by an older name where it is looked for."""
    if not any(table.fields[name].alias for name in settings.values):
        return
    known: dict[str, object] = {}
    for name, value in settings.values.items():
        known[name] = value
        for target in table.fields[name].alias:
            known[target] = value
    settings.values = known
