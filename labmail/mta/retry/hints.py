"""Hints: what the MTA remembers of hosts and addresses that failed.

    T:mail.ask.com:128.10.30.2      a host that did not answer
    T:bob@ask.com                   an address that was put off
    R:carol@late.example            an address that could not be routed

They are hints, not truth: delete the file ``var/spool/exim4/db/retry`` and every host is tried at
once, as if it had never failed. Each line is a JSON object, so that it can be read with ``cat``.

Law: Exim specification, §3.1 ("hints databases") and §32.2 (the keys).

Try: ``mta.hints.find("T:mail.ask.com:128.10.30.2")``.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import asdict
from random import Random

from labmail.world import HostFiles

from ..hosts import Host
from .retry import Attempt, RetryRule, still_waiting

FILE = "/var/spool/exim4/db/retry"


class Hints:
    """The retry hints of one host. Kept in memory; `save` writes them, `load` reads them."""

    def __init__(self, files: HostFiles) -> None:
        self.files = files
        self._known: dict[str, Attempt] = {}
        self._changed = False

    def find(self, key: str) -> Attempt | None:
        """What is known of a host or an address; None if it has not failed."""
        return self._known.get(key)

    def waits(self, key: str, now: float) -> Attempt | None:
        """The same, if its next try is not due at ``now``."""
        attempt = self._known.get(key)
        return attempt if still_waiting(attempt, now) else None

    def failed(
        self,
        key: str,
        now: float,
        problem: str,
        rule: RetryRule,
        chance: Random | None = None,
        began: float | None = None,
    ) -> Attempt:
        """Notes a failure; says by the rule when the next try is, and whether there is to be one.

        Whoever ``began`` to try before another one failed learns nothing new about a host: two
        failures side by side are one, and the pauses grow as the rule has it.
        """
        before, began = self._known.get(key), now if began is None else began
        if before is None or before.last_try < began or before.next_try <= now:
            self._known[key] = rule.failed(now, before, problem, chance)
            self._changed = True
        return self._known[key]

    def worked(self, key: str) -> None:
        """Forgets it: all is well."""
        if self._known.pop(key, None) is not None:
            self._changed = True

    def __iter__(self) -> Iterator[tuple[str, Attempt]]:
        return iter(sorted(self._known.items()))

    def clear(self) -> None:
        """Forgets everything."""
        self._changed = self._changed or bool(self._known)
        self._known.clear()

    # ── on disk ──────────────────────────────────────────────────────────────────────────────────

    def text(self) -> str | None:
        """What the file should say; None if it says so already."""
        if not self._changed:
            return None
        self._changed = False
        lines = (json.dumps({"key": key, **asdict(attempt)}) for key, attempt in self)
        return "".join(f"{line}\n" for line in lines)

    def save(self, text: str) -> None:
        """Writes the file. Blocks; raises OSError."""
        self.files.write_text(FILE, text, 0o640)

    def load(self) -> str:
        """Reads the file; what cannot be read is forgotten, and said. Blocks."""
        try:
            lines = self.files.read_text(FILE).splitlines()
        except FileNotFoundError:
            return ""
        except OSError as error:
            return f"{FILE}: {error.strerror}: every host will be tried at once"
        bad = [number for number, line in enumerate(lines, 1) if not self._take(line)]
        return f"{FILE}, line {bad[0]}: not a retry record; it is ignored" if bad else ""

    def _take(self, line: str) -> bool:
        try:
            record = json.loads(line)
            key = record.pop("key")
            times = {k: float(record[k]) for k in ("first_failed", "last_try", "next_try")}
            known = Attempt(**times, expired=bool(record["expired"]), problem=record["problem"])
        except (ValueError, KeyError, TypeError, AttributeError):
            return False
        self._known[key] = known
        return True


def host_key(host: Host) -> str:
    """``T:mail.ask.com:128.10.30.2``; with the port where it is not 25."""
    port = f":{host.port}" if host.port not in (None, 25) else ""
    return f"T:{host.name}:{host.address}{port}"
