"""dovecot: the IMAP server next door knows the passwords.

Law: Exim specification, chapter 37.
"""

from __future__ import annotations

from labmail.exim.options.authenticators.generic import Authenticator
from labmail.exim.options.field import text


class Dovecot(Authenticator):
    server_needs = "server_socket"

    server_socket = text(None, "The socket at which it is asked.")
