"""cyrus_sasl: whatever mechanism the Cyrus library knows.

Law: Exim specification, chapter 36.
"""

from __future__ import annotations

from labmail.exim.options.authenticators.generic import Authenticator
from labmail.exim.options.field import expanded, text


class CyrusSasl(Authenticator):
    server_needs = "server_mech"

    server_hostname = expanded("$primary_hostname", "The name of this host, for the library.")
    server_mech = text(None, "The library's mechanism; by default the public name.")
    server_realm = expanded(None, "The realm.")
    server_service = text("smtp", "The service.")
