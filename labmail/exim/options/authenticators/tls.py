"""tls: no dialogue at all. The certificate that was shown for TLS says who it is.

Law: Exim specification, chapter 41.
"""

from __future__ import annotations

from labmail.exim.config import Block, Configuration
from labmail.exim.options.authenticators.generic import Authenticator
from labmail.exim.options.field import expanded

PARAMETER = ("server_param", "server_param1")
"""One option with two names."""


class Tls(Authenticator):
    server_param1 = expanded(None, "Goes to $auth1.")
    server_param2 = expanded(None, "Goes to $auth2.")
    server_param3 = expanded(None, "Goes to $auth3.")
    server_param = expanded(None, "Another name of server_param1.")

    @classmethod
    def check(cls, block: Block, configuration: Configuration) -> None:
        block.values["public_name"] = block.name
        for value in [value for name, value in block.values.items() if name in PARAMETER]:
            block.values.update(dict.fromkeys(PARAMETER, value))
