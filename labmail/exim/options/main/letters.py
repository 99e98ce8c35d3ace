"""Letters as they come in: how large, how they are mended, and what is added.

Law: Exim specification, §14.15, §14.16, §14.19; RFC 5322.
"""

from labmail.exim.options.field import (
    Options,
    boolean,
    disk_size,
    expanded,
    host_list,
    integer,
    size,
    text,
    time,
)

KEEP_FOR = 4 * 86400

RECEIVED = (
    "Received: "
    "${if def:sender_rcvhost {from $sender_rcvhost\n\t}"
    "{${if def:sender_ident {from ${quote_local_part:$sender_ident} }}"
    "${if def:sender_helo_name {(helo=$sender_helo_name)\n\t}}}}"
    "by $primary_hostname "
    "${if def:received_protocol {with $received_protocol }}"
    "${if def:tls_in_ver        { ($tls_in_ver)}}"
    "${if def:tls_in_cipher_std { tls $tls_in_cipher_std\n\t}}"
    "(Exim $version_number)\n\t"
    "${if def:sender_address {(envelope-from <$sender_address>)\n\t}}"
    "id $message_exim_id"
    "${if def:received_for {\n\tfor $received_for}}"
)

FROM_LINE = (
    r"^From\s+(\S+)\s+"
    r"(?:[a-zA-Z]{3},?\s+)?"
    r"(?:[a-zA-Z]{3}\s+\d?\d|\d?\d\s+[a-zA-Z]{3}\s+\d\d(?:\d\d)?)"
    r"\s+\d\d?:\d\d?"
)


class Letters(Options):
    # Limits
    message_size_limit = expanded("50M", "Larger letters are refused.")
    header_maxsize = integer(1 << 20, "Longer headers are refused (octets in all).")
    header_line_maxsize = integer(0, "Longest header line; 0: no limit of its own.")
    received_headers_max = integer(30, "More Received: lines than this mean a loop.")
    recipients_max = integer(50000, "Recipients in one letter.")
    recipients_max_reject = boolean(False, "Refuse all of them when there are too many.")
    receive_timeout = time(0, "How long a program may take to hand in a letter; 0s: for ever.")
    check_spool_space = disk_size(10240, "Room that must be left on the spool's disk.")
    check_spool_inodes = integer(100, "Files that must be left there.")
    check_log_space = disk_size(10240, "Room that must be left on the logs' disk.")
    check_log_inodes = integer(100, "Files that must be left there.")

    # What is added, what is mended
    received_header_text = expanded(RECEIVED, "The Received: line.")
    message_id_header_domain = expanded(None, "The domain in Message-ID:.")
    message_id_header_text = expanded(None, "Text put into Message-ID:.")
    local_from_check = boolean(True, "A local From: that is not the caller's gets a Sender:.")
    local_from_prefix = text(None, "Prefixes that the check takes off the caller's name.")
    local_from_suffix = text(None, "Suffixes that it takes off.")
    local_sender_retain = boolean(False, "Keep a Sender: that the caller wrote.")
    delivery_date_remove = boolean(True, "Take off a Delivery-date: that came along.")
    envelope_to_remove = boolean(True, "Take off an Envelope-to: that came along.")
    return_path_remove = boolean(True, "Take off a Return-path: that came along.")
    drop_cr = boolean(False, "Has no effect any more.")
    extract_addresses_remove_arguments = boolean(True, "With -t, addresses given are left out.")
    keep_malformed = time(KEEP_FOR, "How long files of the spool that cannot be read are kept.")

    # Addresses
    allow_domain_literals = boolean(False, "user@[192.0.2.1] is an address.")
    allow_utf8_domains = boolean(False, "Domains may have octets above 127.")
    strip_excess_angle_brackets = boolean(False, "<<user@domain>> is read as <user@domain>.")
    strip_trailing_dot = boolean(False, "user@domain. is read without its dot.")

    # Reading it
    headers_charset = text("UTF-8", "Into which character set $h_… is turned.")
    check_rfc2047_length = boolean(True, "Encoded words longer than 75 are not decoded.")
    message_body_visible = size(500, "How much of the body $message_body shows.")
    message_body_newlines = boolean(False, "$message_body keeps its line ends.")

    # Letters from UUCP
    ignore_fromline_hosts = host_list(None, "These may put a `From ` line first.")
    ignore_fromline_local = boolean(False, "Local programs may, with -bs.")
    uucp_from_pattern = text(FROM_LINE, "How such a line looks.")
    uucp_from_sender = expanded("$1", "How the sender is taken from it.")
