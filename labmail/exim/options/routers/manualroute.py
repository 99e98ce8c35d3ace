"""manualroute: the administrator says which hosts take mail for which domains.

    route_list = example.com  mail.example.net  :  *.example.org  192.0.2.1 byname

Law: Exim specification, chapter 20.
"""

from __future__ import annotations

from labmail.exim.config import Block, Configuration
from labmail.exim.options.field import boolean, expanded, string_list, text
from labmail.exim.options.routers.generic import Router, refuse

OUTCOMES = ("decline", "defer", "fail", "freeze", "ignore", "pass")


class ManualRoute(Router):
    route_list = string_list(None, "Rules: domains, hosts, options; the first that fits counts.")
    route_data = expanded(None, "Hosts and options, from an expansion.")
    hosts_randomize = boolean(False, "Hosts in any order.")
    host_find_failed = text("freeze", "What to do when a host's address is not found.")
    host_all_ignored = text("defer", "What to do when all addresses are to be ignored.")
    same_domain_copy_routing = boolean(False, "All addresses of a domain go the same way.")

    @classmethod
    def check(cls, block: Block, configuration: Configuration) -> None:
        if block["host_find_failed"] not in OUTCOMES:
            raise refuse(block, "unrecognized setting for host_find_failed option")
        if block["host_all_ignored"] not in OUTCOMES or block["host_all_ignored"] == "ignore":
            raise refuse(block, "unrecognized setting for host_all_ignored option")
        if block.set("route_list") == block.set("route_data"):
            raise refuse(block, "route_list or route_data (but not both) must be specified")
