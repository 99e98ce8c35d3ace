"""dnslookup: asks the domain name system which hosts take mail for the domain.

Law: Exim specification, chapter 17; RFC 5321 §5.1.
"""

from labmail.exim.options.field import boolean, domain_list, expanded, string_list
from labmail.exim.options.routers.generic import Router


class DnsLookup(Router):
    transport_wanted = True

    check_srv = expanded(None, "Ask for SRV records of this service first.")
    mx_domains = domain_list(None, "These must have an MX record; an address is not enough.")
    mx_fail_domains = domain_list(None, "For these, a failing MX query counts as no record.")
    srv_fail_domains = domain_list(None, "For these, a failing SRV query counts as no record.")
    fail_defer_domains = domain_list(None, "For these, no record means: try again later.")
    check_secondary_mx = boolean(False, "Accept only if this host is among the MX hosts.")
    ipv4_only = expanded(None, "If this is true: only IPv4 addresses.")
    ipv4_prefer = expanded(None, "If this is true: IPv4 addresses first.")
    qualify_single = boolean(True, "A name of one word gets the resolver's domain.")
    search_parents = boolean(False, "Look in the parents of the resolver's domain.")
    widen_domains = string_list(None, "Domains to add when a name is not found.")
    rewrite_headers = boolean(True, "Then write the full name into the header.")
    same_domain_copy_routing = boolean(False, "All addresses of a domain go the same way.")
