"""Authenticators: how one proves who one is. A driver is a file, its options are its fields.

    plaintext    PLAIN and LOGIN: the password itself
    cram_md5     a riddle
    external     somebody else has checked
    tls          the certificate of the connection
    dovecot      the IMAP server is asked
    cyrus_sasl   a library is asked
    spa          Microsoft's

Law: Exim specification, chapters 33 to 41.
"""

DRIVERS = {
    "plaintext": "Plaintext",
    "cram_md5": "CramMd5",
    "external": "External",
    "tls": "Tls",
    "dovecot": "Dovecot",
    "cyrus_sasl": "CyrusSasl",
    "spa": "Spa",
}
"""The class of each driver; its module is named as the driver is, and loaded when first named."""
