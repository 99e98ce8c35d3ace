"""Routers: how an address finds its way. A driver is a file, its options are its fields.

    accept         takes it
    redirect       it becomes other addresses
    dnslookup      the domain name system knows the hosts
    manualroute    the administrator knows the hosts
    ipliteral      the domain is the host's number
    queryprogram   a program knows
    iplookup       a server of one's own knows

Law: Exim specification, chapters 15 to 22.
"""

DRIVERS = {
    "accept": "Accept",
    "redirect": "Redirect",
    "dnslookup": "DnsLookup",
    "manualroute": "ManualRoute",
    "ipliteral": "IpLiteral",
    "queryprogram": "QueryProgram",
    "iplookup": "IpLookup",
}
"""The class of each driver; its module is named as the driver is, and loaded when first named."""
