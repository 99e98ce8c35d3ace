"""Variables of what was found out about a letter: by an ACL, a DNS list, a scanner, a signature.

Law: Exim specification, §11.9, and chapters 43 to 45, 57 and 58.
"""

from __future__ import annotations

from collections.abc import Callable

from labmail.exim.text import Text

from ..context import Context

TABLE = """
    acl_verify_message
    av_failed                       0
    csa_status
    dkim_algo
    dkim_bodylength                 9999999999999
    dkim_canon_body
    dkim_canon_headers
    dkim_copiedheaders
    dkim_created                    0
    dkim_cur_signer
    dkim_domain
    dkim_expires                    9999999999999
    dkim_headernames
    dkim_identity
    dkim_key_granularity            *
    dkim_key_length                 0
    dkim_key_nosubdomains           0
    dkim_key_notes
    dkim_key_srvtype                *
    dkim_key_testing                0
    dkim_selector
    dkim_signers
    dkim_verify_reason
    dkim_verify_status
    dnslist_domain
    dnslist_matched
    dnslist_text
    dnslist_value
    ldap_dn
    local_scan_data
    lookup_dnssec_authenticated
    malware_name
    mime_anomaly_level              0
    mime_anomaly_text
    mime_boundary
    mime_charset
    mime_content_description
    mime_content_disposition
    mime_content_id
    mime_content_size               0
    mime_content_transfer_encoding
    mime_content_type
    mime_decoded_filename
    mime_filename
    mime_is_coverletter             0
    mime_is_multipart               0
    mime_is_rfc822                  0
    mime_part_count                 -1
    prvscheck_address
    prvscheck_keynum
    prvscheck_result
    regex_match_string
    spam_action
    spam_bar
    spam_report
    spam_score
    spam_score_int
    spf_guess                       v=spf1 a/24 mx/24 ptr ?all
    spf_header_comment
    spf_received
    spf_result
    spf_result_guessed              no
    spf_smtp_comment
"""

COMPUTED: dict[str, Callable[[Context], Text]] = {}
