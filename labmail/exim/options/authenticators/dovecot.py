"""dovecot: the IMAP server next door knows the passwords.

Law: Exim specification, chapter 37.
"""

from __future__ import annotations

from labmail.exim.config import Block
from labmail.exim.options.authenticators.generic import Authenticator
from labmail.exim.options.field import text


class Dovecot(Authenticator):
    server_socket = text(None, "The socket at which it is asked.")

    @classmethod
    def serves(cls, block: Block) -> bool:
        return True
