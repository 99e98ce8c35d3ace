"""Policy: how strict to be with those who connect, and what to ask others about them.

Law: Exim specification, §14.11, §14.12 (callout cache) and §14.17 (incoming SMTP).
"""

from labmail.exim.options.field import (
    Options,
    boolean,
    domain_list,
    expanded,
    host_list,
    string_list,
    text,
    time,
)

HOUR, DAY, WEEK = 3600, 86400, 604800


class Policy(Options):
    # Names that hosts give themselves
    helo_accept_junk_hosts = host_list(None, "From these, HELO may be anything.")
    helo_allow_chars = text(None, "Characters allowed in HELO that a host name cannot have.")
    helo_lookup_domains = domain_list("@ : @[]", "When HELO names one of these, look up who it is.")
    helo_try_verify_hosts = host_list(None, "Check the HELO name of these, and go on either way.")
    helo_verify_hosts = host_list(None, "Refuse these if their HELO name is not theirs.")
    hosts_require_helo = host_list("*", "These must say HELO before MAIL.")
    host_lookup = host_list(None, "Look up the name of these when they connect.")
    host_lookup_order = string_list("bydns:byaddr", "Where names are looked up, in turn.")
    host_reject_connection = host_list(None, "Turned away at the door; an ACL says it better.")
    hosts_treat_as_local = domain_list(None, "Names that mean this host, besides its own.")
    hosts_proxy = host_list(None, "Proxies that tell for whom they speak.")
    proxy_protocol_timeout = time(3, "How long a proxy may take to say so.")
    rfc1413_hosts = host_list("@[]", "Ask these who is at the other end (ident).")
    rfc1413_query_timeout = time(0, "How long to wait for that; 0s: do not ask.")

    # Addresses
    recipient_unqualified_hosts = host_list(None, "These may name recipients without a domain.")
    sender_unqualified_hosts = host_list(None, "These may name senders without a domain.")
    percent_hack_domains = domain_list(None, "At these, user%domain means user@domain.")
    strict_acl_vars = boolean(False, "An ACL variable that was never set is an error.")

    # What others say
    av_scanner = text("sophie:/var/run/sophie", "The virus scanner that `malware` asks.")
    spamd_address = string_list("127.0.0.1 783", "The SpamAssassin that `spam` asks.")
    spf_guess = text("v=spf1 a/24 mx/24 ptr ?all", "The record that `spf_guess` takes for granted.")
    spf_smtp_comment_template = expanded(
        "Please%_see%_http://www.open-spf.org/Why", "What $spf_smtp_comment says."
    )
    dkim_verify_signers = domain_list("$dkim_signers", "For which signers acl_smtp_dkim is asked.")
    dkim_verify_minimal = boolean(False, "One good signature is enough.")
    dkim_verify_hashes = string_list("sha256:sha512", "Hashes that count.")
    dkim_verify_keytypes = string_list("ed25519:rsa", "Kinds of keys that count.")
    dkim_verify_min_keysizes = string_list("rsa=1024 ed25519=250", "Shorter keys do not count.")
    local_scan_timeout = time(300, "How long local_scan() may take.")

    # What was found out by calling another host
    callout_positive_expire = time(DAY, "How long a good address is remembered.")
    callout_negative_expire = time(2 * HOUR, "How long a bad address is remembered.")
    callout_domain_positive_expire = time(WEEK, "How long a domain that answers is remembered.")
    callout_domain_negative_expire = time(3 * HOUR, "How long a domain that does not is.")
    callout_random_local_part = expanded(
        "$primary_hostname-$tod_epoch-testing", "A local part that nobody has, for trying."
    )
