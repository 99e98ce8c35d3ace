"""cram_md5: the server sends a riddle, and the answer proves the password without telling it.

Law: Exim specification, chapter 35; RFC 2195.
"""

from __future__ import annotations

from labmail.exim.config import Block, Configuration
from labmail.exim.options.authenticators.generic import Authenticator
from labmail.exim.options.field import expanded


class CramMd5(Authenticator):
    server_needs = "server_secret"
    client_needs = "client_secret"

    server_secret = expanded(None, "The password of the user in $auth1.")
    client_name = expanded(None, "Our name; by default that of this host.")
    client_secret = expanded(None, "Our password.")

    @classmethod
    def check(cls, block: Block, configuration: Configuration) -> None:
        if block["client_secret"] is not None:
            block.derived["client_name"] = configuration.main["primary_hostname"]
