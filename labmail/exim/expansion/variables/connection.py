"""Variables of the line: who is at the other end, what was said, how it is protected.

Law: Exim specification, §11.9.
"""

from __future__ import annotations

from collections.abc import Callable

from labmail.exim.text import Text

from ..context import Context

TABLE = """
    authenticated_fail_id
    authenticated_id
    authenticated_sender
    authentication_failed           0
    interface_address
    interface_port                  -1
    proxy_external_address
    proxy_external_port             0
    proxy_local_address
    proxy_local_port                0
    proxy_session                   no
    received_ip_address
    received_port                   -1
    host_lookup_deferred            0
    host_lookup_failed              0
    sender_fullhost
    sender_helo_dnssec              no
    sender_helo_name
    sender_host_address
    sender_host_authenticated
    sender_host_dnssec              no
    sender_host_name
    sender_host_port                0
    sender_ident
    sender_rate
    sender_rate_limit
    sender_rate_period
    sender_rcvhost
    smtp_command
    smtp_command_argument
    smtp_command_history
    smtp_count_at_connection_start  0
    smtp_notquit_reason
    sending_ip_address
    sending_port                    -1

    tls_bits                        0
    tls_certificate_verified        0
    tls_cipher
    tls_peerdn
    tls_sni
    tls_in_bits                     0
    tls_in_certificate_verified     0
    tls_in_cipher
    tls_in_cipher_std
    tls_in_ocsp                     0
    tls_in_ourcert
    tls_in_peercert
    tls_in_peerdn
    tls_in_resumption               0
    tls_in_sni
    tls_in_ver
    tls_out_bits                    0
    tls_out_certificate_verified    0
    tls_out_cipher
    tls_out_cipher_std
    tls_out_dane                    no
    tls_out_ocsp                    0
    tls_out_ourcert
    tls_out_peercert
    tls_out_peerdn
    tls_out_resumption              0
    tls_out_sni
    tls_out_tlsa_usage              0
    tls_out_ver
"""

CERTIFICATES = ("tls_in_ourcert", "tls_in_peercert", "tls_out_ourcert", "tls_out_peercert")
"""Variables that hold a certificate: only ``${certextract…}`` and digests can read them."""


def smtp_active_hostname(context: Context) -> Text:
    """The name by which this host greets: its own, if nobody chose another."""
    from .machine import primary_hostname

    return context.variables.get("smtp_active_hostname") or primary_hostname(context)


COMPUTED: dict[str, Callable[[Context], Text]] = {"smtp_active_hostname": smtp_active_hostname}
