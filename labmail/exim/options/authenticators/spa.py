"""spa: Microsoft's NTLM.

Law: Exim specification, chapter 39.
"""

from __future__ import annotations

from labmail.exim.config import Block, Configuration
from labmail.exim.options.authenticators.generic import Authenticator, named, refuse
from labmail.exim.options.field import expanded


class Spa(Authenticator):
    server_password = expanded(None, "The password of the user in $auth1.")
    client_domain = expanded(None, "Our domain there.")
    client_username = expanded(None, "Our name.")
    client_password = expanded(None, "Our password.")

    @classmethod
    def check(cls, block: Block, configuration: Configuration) -> None:
        named(block)
        if (block["client_username"] is None) != (block["client_password"] is None):
            raise refuse(
                block,
                "one of client_username and client_password cannot be set without the other",
            )

    @classmethod
    def serves(cls, block: Block) -> bool:
        return block["server_password"] is not None
