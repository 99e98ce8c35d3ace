"""Asking our own lookups, and showing the answer as the oracle's lines do."""

from __future__ import annotations

from labmail.exim.drive import drive
from labmail.exim.errors import Deferred, EximError, ExpansionFailed
from labmail.exim.files import RealFiles
from labmail.exim.lookups import Searches, parse
from labmail.exim.text import Text
from tests.exim.lookups.oracle import Case


def our_answer(case: Case, searches: Searches | None = None) -> str:
    """What our own lookup gives, in the words of the command line."""
    searches = searches or Searches(RealFiles())
    try:
        found = drive(searches.find(parse(case.word), Text(case.where), Text(case.key)))
    except ExpansionFailed as failed:
        return f"Failed: {failed.message}"
    except Deferred as deferred:
        return f'Failed: lookup of "{case.key}" gave DEFER: {deferred.message}'
    except EximError as panic:
        return f"DIED: {panic.message}"
    if found.value is None:
        return "no"
    return f"[{found.value.text}][{found.wild or ''}][{found.fixed or ''}]"
