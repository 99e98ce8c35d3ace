"""Hints: what the MTA remembers of hosts and addresses that failed.

    T:mail.ask.com:128.10.30.2      a host that did not answer
    T:bob@ask.com                   an address that was put off
    R:late.example                  a domain that could not be routed
    R:carol@example.com             an address, by a router that looks at local parts

They are hints, not truth: stop the MTA, delete the file ``var/spool/exim4/db/retry.sqlite``, and
every host is tried at once, as if it had never failed. What the file is like, `hintsfile` says.

Law: Exim specification, §3.1 ("hints databases") and §32.2 (the keys).

Try: ``mta.hints.find("T:mail.ask.com:128.10.30.2")``.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from random import Random

from labmail.world import HostFiles

from ..hosts import Host
from .hintsfile import HintsFile
from .retry import Attempt, RetryRule, still_waiting


class Hints:
    """The retry hints of one host. Kept in memory; `save` writes them, `load` reads them."""

    def __init__(self, files: HostFiles) -> None:
        self.file = HintsFile(files)
        self._known: dict[str, Attempt] = {}
        self._changed: set[str] = set()

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
        errno: int = 0,
    ) -> Attempt:
        """Notes a failure; says by the rule when the next try is, and whether there is to be one.

        Whoever ``began`` to try before another one failed learns nothing new about a host: two
        failures side by side are one, and the pauses grow as the rule has it.
        """
        before, began = self._known.get(key), now if began is None else began
        if before is None or before.last_try < began or before.next_try <= now:
            failed = rule.failed(now, before, problem, chance)
            self._known[key] = replace(failed, errno=errno)
            self._changed.add(key)
        return self._known[key]

    def worked(self, key: str) -> None:
        """Forgets it: all is well."""
        if self._known.pop(key, None) is not None:
            self._changed.add(key)

    def __iter__(self) -> Iterator[tuple[str, Attempt]]:
        return iter(sorted(self._known.items()))

    def clear(self) -> None:
        """Forgets everything."""
        self._changed |= self._known.keys()
        self._known.clear()

    # ── on disk ──────────────────────────────────────────────────────────────────────────────────

    def changes(self) -> dict[str, Attempt | None]:
        """What the file does not say yet; None for what is forgotten. It is asked once."""
        changed, self._changed = self._changed, set()
        return {key: self._known.get(key) for key in sorted(changed)}

    def save(self, changes: Mapping[str, Attempt | None]) -> None:
        """Writes `changes`. Blocks; raises OSError."""
        self.file.save(changes)

    def load(self) -> str:
        """Reads the file; says what is wrong with it, "" where all is well. Blocks."""
        self._known, problem = self.file.load()
        return problem

    def close(self) -> None:
        """Closes the file. Blocks."""
        self.file.close()


def host_key(host: Host) -> str:
    """``T:mail.ask.com:128.10.30.2``; with the port where it is not 25."""
    port = f":{host.port}" if host.port not in (None, 25) else ""
    return f"T:{host.name}:{host.address}{port}"
