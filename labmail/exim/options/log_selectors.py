"""What can be logged: the words of `log_selector`, and which are on unless taken away.

    log_selector = +smtp_confirmation -retry_defer

Law: Exim specification, §53.15 (reducing or increasing what is logged).

Try: ``selected("+pid -queue_run")``.
"""

from __future__ import annotations

import re

from labmail.exim.config import Unplaced

ALWAYS = (
    *("acl_warn_skipped", "connection_reject", "delay_delivery", "dkim", "dnslist_defer", "etrn"),
    *("host_lookup_failed", "lost_incoming_connection", "msg_id", "outgoing_interface"),
    *("queue_run", "queue_time_exclusive", "rejected_header", "rejected_headers", "retry_defer"),
    *("sender_verify_fail", "size_reject", "skip_delivery", "smtp_confirmation"),
    *("tls_certificate_verified", "tls_cipher"),
)
"""Logged unless it is taken away."""

WISHED = (
    *("8bitmime", "address_rewrite", "all_parents", "arguments", "deliver_time", "delivery_size"),
    *("dkim_verbose", "dnssec", "ident_timeout", "incoming_interface", "incoming_port", "millisec"),
    *("msg_id_created", "outgoing_port", "pid", "pipelining", "protocol_detail", "proxy"),
    *("queue_time", "queue_time_overall", "receive_time", "received_recipients"),
    *("received_sender", "return_path_on_delivery"),
    *("sender_on_delivery", "smtp_connection", "smtp_incomplete_transaction", "smtp_mailauth"),
    *("smtp_no_mail", "smtp_protocol_error", "smtp_syntax_error", "subject", "tls_peerdn"),
    *("tls_resumption", "tls_sni", "unknown_in_list"),
)
"""Logged if it is asked for."""

NAMES = tuple(sorted((*ALWAYS, *WISHED, "all")))
ITEM = re.compile(r"([+-])([A-Za-z0-9_]*)\s*")


def selected(text: str) -> set[str]:
    """What is logged with such a setting. Raises ConfigError in Exim's words."""
    chosen = set(ALWAYS)
    if text.startswith("="):
        if not re.fullmatch(r"=(?:\s*[+-]?(?:0[xX][0-9A-Fa-f]+|0[0-7]*|[1-9][0-9]*))?", text):
            raise Unplaced(f"malformed numeric log_selector setting: {text}")
        return chosen
    rest = text.lstrip()
    while rest:
        found = ITEM.match(rest)
        if not found:
            raise Unplaced(f'malformed log_selector setting: + or - expected but found "{rest}"')
        sign, name = found.groups()
        if name not in NAMES:
            raise Unplaced(f"unknown log_selector setting: {sign}{name}")
        words = {*ALWAYS, *WISHED} if name == "all" else {name}
        chosen = chosen | words if sign == "+" else chosen - words
        rest = rest[found.end() :]
    return chosen
