"""smtp: over the network to another host, in SMTP or LMTP.

Law: Exim specification, chapter 30; RFC 5321.
"""

from __future__ import annotations

from typing import ClassVar

from labmail.exim.config import Block, Configuration, Unplaced
from labmail.exim.options.field import (
    boolean,
    domain_list,
    expanded,
    flexible,
    host_list,
    integer,
    string_list,
    text,
    time,
)
from labmail.exim.options.transports.generic import Transport

SPLIT_GREETING = (
    "${if and {{match{$host}{.outlook.com\\$}} {match{$item}{\\N^250-([\\w.]+)\\s\\N}}} {$1}}"
)
PORTS = {"lmtp": "lmtp", "smtps": "smtps"}


class Smtp(Transport):
    local: ClassVar[bool] = False
    retry_use_local_part = boolean(False, "Retry times are kept for the address, not the domain.")

    # To whom
    hosts = string_list(None, "Hosts to use when the router names none.")
    hosts_override = boolean(False, "Use them even if it does.")
    hosts_randomize = boolean(False, "In any order.")
    fallback_hosts = string_list(None, "Where to send it if all hosts fail for now.")
    port = expanded(None, "The port; by default that of the protocol.")
    protocol = text("smtp", "smtp, smtps (TLS first) or lmtp.")
    interface = expanded(None, "The own address to send from.")
    allow_localhost = boolean(False, "It may be this host itself.")
    gethostbyname = boolean(False, "Find addresses as the system does, not by DNS.")
    dns_qualify_single = boolean(True, "A name of one word gets the resolver's domain.")
    dns_search_parents = boolean(False, "Look in the parents of the resolver's domain.")
    dnssec_request_domains = domain_list("*", "For these, ask for signed answers.")
    dnssec_require_domains = domain_list(None, "For these, only signed answers count.")
    socks_proxy = expanded(None, "Through this proxy.")

    # How many, how long
    max_rcpt = integer(100, "Recipients in one transaction.")
    multi_domain = flexible(True, "Recipients of several domains in one transaction.")
    connection_max_messages = integer(500, "Letters in one connection.")
    hosts_max_try = integer(5, "Addresses to try in one delivery.")
    hosts_max_try_hardlimit = integer(50, "At most, those that are not due among them.")
    delay_after_cutoff = boolean(True, "A host that has failed for long is not tried at once.")
    connect_timeout = time(300, "How long to wait for a connection.")
    command_timeout = time(300, "How long to wait for an answer.")
    data_timeout = time(300, "How long to wait while sending.")
    final_timeout = time(600, "How long to wait for the answer to the letter.")
    keepalive = boolean(True, "Notice that the other has gone.")
    size_addition = integer(1024, "Added to SIZE=, for what is added on the way.")
    message_linelength_limit = integer(998, "A longer line is not sent.")
    dscp = expanded(None, "Marks its packets.")

    # The dialogue
    helo_data = expanded("$primary_hostname", "The name given in HELO and EHLO.")
    authenticated_sender = expanded(None, "Sent as AUTH= with MAIL FROM.")
    authenticated_sender_force = boolean(False, "Even without authentication.")
    lmtp_ignore_quota = boolean(False, "Ask the store to take it though the mailbox is full.")
    address_retry_include_sender = boolean(True, "A refused pair is remembered as a pair.")
    retry_include_ip_address = flexible(True, "Retry times are kept for each address of a host.")
    utf8_downconvert = expanded("-1", "Addresses in ASCII: 1 yes, 0 no, -1 if they must be.")
    host_name_extract = expanded(SPLIT_GREETING, "The host's own name, out of its greeting.")

    # Certificates
    tls_certificate = expanded(None, "The certificate to show.")
    tls_privatekey = expanded(None, "Its key.")
    tls_require_ciphers = expanded(None, "Which ciphers are good enough.")
    tls_verify_certificates = expanded("system", "Who may have signed the other's certificate.")
    tls_crl = expanded(None, "Certificates that were taken back.")
    tls_sni = expanded(None, "The name to ask for.")
    tls_alpn = expanded(None, "The protocol to ask for.")
    tls_dh_min_bits = integer(1024, "The shortest Diffie-Hellman prime.")
    tls_tempfail_tryclear = boolean(True, "If TLS fails for now, try without.")
    dane_require_tls_ciphers = expanded(None, "Ciphers, if its key is in the DNS.")

    # Signatures
    dkim_domain = string_list(None, "Sign for these domains.")
    dkim_selector = expanded(None, "The name of the key.")
    dkim_private_key = expanded(None, "The key.")
    dkim_canon = expanded(None, "simple or relaxed.")
    dkim_hash = expanded("sha256", "The hash.")
    dkim_identity = expanded(None, "On whose behalf.")
    dkim_sign_headers = expanded(None, "Header lines that are signed.")
    dkim_strict = expanded(None, "If it cannot be signed it is not sent.")
    dkim_timestamps = expanded(None, "How long the signature counts.")

    # For which hosts
    hosts_try_auth = host_list(None, "Log in to these if they offer it.")
    hosts_require_auth = host_list(None, "Log in to these, or do not send.")
    hosts_avoid_tls = host_list(None, "Never TLS with these.")
    hosts_verify_avoid_tls = host_list(None, "Nor while verifying an address.")
    hosts_require_tls = host_list(None, "TLS with these, or do not send.")
    hosts_nopass_tls = host_list(None, "A new connection for each letter, if it has TLS.")
    hosts_noproxy_tls = host_list(None, "As before, where a helper would keep it open.")
    hosts_require_alpn = host_list(None, "These must agree on the protocol.")
    hosts_request_ocsp = host_list("*", "Ask these for a proof that the certificate counts.")
    hosts_require_ocsp = host_list(None, "These must give it.")
    hosts_try_dane = host_list("*", "Look for their keys in the DNS.")
    hosts_require_dane = host_list(None, "Their keys must be there.")
    tls_verify_hosts = host_list(None, "Their certificate must be good.")
    tls_try_verify_hosts = host_list("*", "It is looked at, and they are used either way.")
    tls_verify_cert_hostnames = host_list("*", "Their name must be in it.")
    tls_resumption_hosts = host_list(None, "Take up an earlier session with these.")
    hosts_avoid_esmtp = host_list(None, "HELO instead of EHLO to these.")
    hosts_avoid_pipelining = host_list(None, "One command at a time to these.")
    hosts_pipe_connect = host_list(None, "To these, commands with the first packet.")
    hosts_try_chunking = host_list("*", "BDAT instead of DATA to these.")
    hosts_try_fastopen = host_list("*", "Data in the first packet of TCP to these.")
    hosts_try_prdr = host_list("*", "Ask these for an answer for each recipient.")
    serialize_hosts = host_list(None, "One connection at a time to these.")

    @classmethod
    def check(cls, block: Block, configuration: Configuration) -> None:
        block.derived["port"] = PORTS.get(block["protocol"].lower(), "smtp")
        if min(block[f"{name}_timeout"] for name in ("command", "data", "final")) <= 0:
            raise Unplaced(
                f"command, data, or final timeout value is zero for {block.name} transport"
            )
