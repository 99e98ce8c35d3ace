"""What every authenticator can be told: its name on the wire, and when it is used.

The same block may serve both sides: as a server it checks who logs in here, as a client it logs in
elsewhere. It is a server if it has what a server needs, and a client likewise.

Law: Exim specification, chapter 33 (SMTP authentication); RFC 4954.

Try: ``Authenticator.fields["public_name"].meaning``.
"""

from __future__ import annotations

from typing import ClassVar

from labmail.exim.config import Block, Configuration, DriverError
from labmail.exim.options.field import Options, expanded, text


class Authenticator(Options):
    server_needs: ClassVar[str] = ""
    """It serves if this option is set."""

    client_needs: ClassVar[str] = ""
    """It can log in elsewhere if this option is set."""

    driver = text(None, "Which mechanism.")
    public_name = text(None, "How it is called on the wire; by default the block's name.")

    server_condition = expanded(None, "Let in whoever makes this true.")
    server_advertise_condition = expanded(None, "When it is offered.")
    server_set_id = expanded(None, "Who it was, for $authenticated_id.")
    server_mail_auth_condition = expanded(None, "Whether AUTH= on MAIL FROM is believed.")
    server_debug_print = expanded(None, "Printed in a test with -d.")

    client_condition = expanded(None, "When it is used.")
    client_set_id = expanded(None, "As whom, for the log.")

    @classmethod
    def check(cls, block: Block, configuration: Configuration) -> None:
        """Do the settings agree? Raises `DriverError`."""
        if block["public_name"] is None:
            block.derived["public_name"] = block.name


def refuse(block: Block, message: str) -> DriverError:
    """The error for settings of an authenticator that do not agree."""
    return DriverError(message, f"{block.name} authenticator")
