"""Maildir: a folder per person, a file per letter. Read `names`, `store`, `maildrop`."""

from .maildrop import MaildirMaildrop
from .names import Name, unique_id, unique_name
from .store import Maildir

__all__ = ["Maildir", "MaildirMaildrop", "Name", "unique_id", "unique_name"]
