"""To a person: into the mailbox that a transport has chosen.

The agent decides nothing and adds nothing. Which file, for whom, and which fields stand on top was
decided by the transport; here the deed is done, and what came of it is said for each recipient. A
store that fails, however it fails, has not taken the letter: it stays in the queue (RFC 5321
§4.2.5: who has said 250 is responsible until somebody else is).

Try: ``deliver_to_person(store, [Delivery(content, sender, "bob@ask.com", "/var/mail/bob")])``.
"""

from __future__ import annotations

from collections.abc import Sequence

from labmail.message.outcome import Deferred, Outcome
from labmail.store import Delivery, Store, deferred


def deliver_to_person(store: Store, batch: Sequence[Delivery]) -> list[Outcome]:
    """Stores the letters and answers an outcome for each, in the same order. Never raises.

    Blocks until they are durable: call it in a worker, or through a `StoreWorker`.
    """
    try:
        outcomes = list(store.deliver(batch))
    except OSError as error:
        return [deferred(error, delivery.mailbox) for delivery in batch]
    except Exception as problem:  # a student's store may have bugs, but must not lose mail
        why = f"the store {store.kind!r} failed: {type(problem).__name__}: {problem}"
        return [Deferred(why, code="4.3.0")] * len(batch)
    if len(outcomes) != len(batch):
        why = f"the store {store.kind!r} answered {len(outcomes)} outcomes for {len(batch)} letters"
        return [Deferred(why, code="4.3.0")] * len(batch)
    return outcomes
