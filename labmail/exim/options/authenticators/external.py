"""external: somebody else has checked already, TLS with its certificates as a rule.

Law: Exim specification, chapter 40; RFC 4422, appendix A.
"""

from labmail.exim.options.authenticators.generic import Authenticator
from labmail.exim.options.field import expanded


class External(Authenticator):
    server_needs = "server_condition"
    client_needs = "client_send"

    server_param2 = expanded(None, "Goes to $auth2.")
    server_param3 = expanded(None, "Goes to $auth3.")
    client_send = expanded(None, "What the client sends.")
