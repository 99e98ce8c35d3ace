"""Secrecy: the server's certificate, whom it is offered to, and how strong it must be.

Law: Exim specification, §14.13, and chapter 43 (encrypted SMTP connections).
"""

from labmail.exim.options.field import (
    Options,
    boolean,
    expanded,
    host_list,
    integer,
    string_list,
)


class Tls(Options):
    tls_advertise_hosts = host_list("*", "Offer STARTTLS to these.")
    tls_on_connect_ports = string_list(None, "Ports where TLS comes first (465).")
    tls_certificate = expanded(None, "The server's certificate.")
    tls_privatekey = expanded(None, "Its key.")
    tls_require_ciphers = expanded(None, "Which ciphers are good enough.")
    tls_verify_hosts = host_list(None, "These must show a certificate.")
    tls_try_verify_hosts = host_list(None, "These are asked for one.")
    tls_verify_certificates = expanded("system", "Who may have signed it.")
    tls_crl = expanded(None, "Certificates that were taken back.")
    tls_ocsp_file = expanded(None, "A proof that the own one was not.")
    tls_alpn = string_list("smtp:esmtp", "Names of the protocol that a client may ask for.")
    hosts_require_alpn = host_list(None, "These must ask for one.")
    tls_resumption_hosts = host_list(None, "These may take up an earlier session.")
    tls_dh_max_bits = integer(2236, "The longest Diffie-Hellman prime.")
    tls_dhparam = expanded(None, "Where its parameters are.")
    tls_eccurve = expanded("auto", "Which elliptic curve.")
    tls_remember_esmtp = boolean(False, "Remember EHLO over STARTTLS (for broken clients).")
    gnutls_allow_auto_pkcs11 = boolean(False, "GnuTLS may load modules by itself.")
    gnutls_compat_mode = boolean(False, "GnuTLS is lenient.")
    openssl_options = string_list(None, "For an Exim that was built with OpenSSL.")
