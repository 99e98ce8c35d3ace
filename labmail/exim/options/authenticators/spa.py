"""spa: Microsoft's NTLM.

Law: Exim specification, chapter 39.
"""

from __future__ import annotations

from labmail.exim.config import Block, Configuration
from labmail.exim.options.authenticators.generic import Authenticator, refuse
from labmail.exim.options.field import expanded


class Spa(Authenticator):
    server_needs = "server_password"
    client_needs = "client_username"

    server_password = expanded(None, "The password of the user in $auth1.")
    client_domain = expanded(None, "Our domain there.")
    client_username = expanded(None, "Our name.")
    client_password = expanded(None, "Our password.")

    @classmethod
    def check(cls, block: Block, configuration: Configuration) -> None:
        super().check(block, configuration)
        if (block["client_username"] is None) != (block["client_password"] is None):
            raise refuse(
                block,
                "one of client_username and client_password cannot be set without the other",
            )
