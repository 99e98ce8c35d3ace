"""Two names for one thing: whichever is set last counts."""

from __future__ import annotations

from labmail.exim.config.configuration import Settings
from labmail.exim.options.field import Options


def follow(settings: Settings, table: type[Options]) -> None:
    """Puts what was set by one name where the other is looked for."""
    older = {name: field.alias for name, field in table.fields.items() if field.alias}
    if not older:
        return
    known: dict[str, object] = {}
    for name, value in settings.values.items():
        known[name] = value
        for target in older.get(name, ()):
            known[target] = value
    for name, targets in older.items():
        if len(targets) == 1 and targets[0] in known:
            known[name] = known[targets[0]]
    settings.values = known
