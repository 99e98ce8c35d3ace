"""The manner of an attempt: who asks for it, and what is to be left for later.

    a letter has just come in        all of it, but for what `queue_domains` and its kin hold back
    its time has come, ``exim -q``   all of it (queue run)
    ``-qf``, ``-M``                  … whatever retry times and ``hold_domains`` say (force)
    ``-ql``                          mailboxes of this host only (local only)
    ``-qq``, first pass              routed, and mailboxes of this host: who waits for which host
                                     is known then, and the second pass sends it down one line

Law: Exim specification, §5.3 (-q…, -odqs), chapter 14 (queue_domains, queue_smtp_domains).
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Manner:
    """How one letter is tried."""

    force: bool = False
    """No retry time and no ``hold_domains`` is looked at."""
    queue_run: bool = False
    """It is not the first attempt behind its reception."""
    local_only: bool = False
    first_pass: bool = False
    smtp_later: bool = False
    """``-odqs``: what goes to other hosts waits for the queue runner."""


AT_ONCE = Manner()
IN_TURN = Manner(queue_run=True)
