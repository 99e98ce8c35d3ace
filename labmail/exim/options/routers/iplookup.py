"""iplookup: asks a server of one's own, over TCP or UDP, where an address goes. Rare.

Law: Exim specification, chapter 19.
"""

from __future__ import annotations

from labmail.exim.config import Block, Configuration
from labmail.exim.options.field import boolean, expanded, integer, text, time
from labmail.exim.options.routers.generic import Router, refuse


class IpLookup(Router):
    transport_wanted = False

    hosts = text(None, "The servers, one after the other.")
    port = integer(0, "Their port.")
    protocol = text(None, "udp or tcp.")
    query = expanded(None, "What is sent; by default the address, twice.")
    response_pattern = text(None, "How an answer looks, and which parts of it count.")
    reroute = expanded(None, "The new address, made from the answer.")
    timeout = time(5, "How long to wait.")
    optional = boolean(False, "No answer means: decline.")

    @classmethod
    def check(cls, block: Block, configuration: Configuration) -> None:
        if block["port"] <= 0:
            raise refuse(block, "a port must be specified")
        if block["hosts"] is None:
            raise refuse(block, "a host list must be specified")
        if block["protocol"] not in (None, "udp", "tcp"):
            raise refuse(block, "protocol not specified as udp or tcp")
        if block["response_pattern"] is not None:
            from labmail.exim.options.agreement.fatal import must_compile

            must_compile(block["response_pattern"])
