"""ipliteral: for user@[192.0.2.1], an address whose domain is the host's number.

Law: Exim specification, chapter 18; RFC 5321 §4.1.3.
"""

from labmail.exim.options.routers.generic import Router


class IpLiteral(Router):
    transport_wanted = True
