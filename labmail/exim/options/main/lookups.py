"""Asking others: the domain name system, databases and directories, Perl.

Law: Exim specification, §14.6, §14.8, §14.21, and chapter 9 (lookups).
"""

from labmail.exim.options.field import (
    Options,
    boolean,
    domain_list,
    integer,
    string_list,
    text,
    time,
)

NAME = r"(?i)^(?>(?(1)\.|())[^\W](?>[a-z0-9/_-]*[^\W])?)+(\.?)$"


class Lookups(Options):
    lookup_open_max = integer(25, "Files that lookups keep open.")

    # DNS
    dns_again_means_nonexist = domain_list(None, "For these, `try again` counts as `no such name`.")
    dns_check_names_pattern = text(NAME, "Names that do not look so are not asked for.")
    dns_cname_loops = integer(1, "How many aliases to follow that the resolver did not.")
    dns_csa_search_limit = integer(5, "How many parents of a name to ask for a CSA record.")
    dns_csa_use_reverse = boolean(True, "Ask for CSA records of addresses, too.")
    dns_dnssec_ok = integer(-1, "Ask for signed answers: 1 yes, 0 no, -1 as the system does.")
    dns_ipv4_lookup = domain_list(None, "For these, ask for IPv4 addresses only.")
    dns_retrans = time(0, "How long to wait for an answer; 0s: as the system does.")
    dns_retry = integer(0, "How often to ask again; 0: as the system does.")
    dns_trust_aa = domain_list(None, "From these, an authoritative answer counts as signed.")
    dns_use_edns0 = integer(-1, "Use EDNS0: 1 yes, 0 no, -1 as the system does.")

    # Databases
    mysql_servers = string_list(None, "MySQL servers that queries go to.")
    pgsql_servers = string_list(None, "PostgreSQL servers that queries go to.")
    sqlite_dbfile = text(None, "The file that sqlite queries ask when they name none.")
    sqlite_lock_timeout = integer(5, "Seconds to wait for a locked file.")

    # Directories
    ldap_default_servers = string_list(None, "Servers for queries that name none.")
    ldap_version = integer(-1, "Which version of the protocol.")
    ldap_start_tls = boolean(False, "Speak TLS with the server.")
    ldap_require_cert = text(None, "How strictly its certificate is checked.")
    ldap_ca_cert_dir = text(None, "Folder of those who may have signed it.")
    ldap_ca_cert_file = text(None, "File of those who may have signed it.")
    ldap_cert_file = text(None, "The certificate shown to it.")
    ldap_cert_key = text(None, "Its key.")
    ldap_cipher_suite = text(None, "Which ciphers.")

    # Perl
    perl_startup = text(None, "Perl code, run before the first ${perl…}.")
    perl_at_start = boolean(False, "Run it when Exim starts.")
    perl_taintmode = boolean(False, "Perl distrusts what comes from outside.")
