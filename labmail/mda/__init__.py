"""The mail delivery agent: it puts letters where a transport has decided that they belong.

In the order to read: `person`, into somebody's mailbox; `worker`, which makes one batch of what
comes from many letters at once.
"""

from .person import deliver_to_person
from .worker import StoreWorker

__all__ = ["StoreWorker", "deliver_to_person"]
