"""The lab's own certification authority: who vouches for the servers' names.

TLS keeps secrets only from those who are not at the other end, so a client asks *who* is there:
the server shows a certificate, a name signed by somebody whom the client trusts. In the lab this
somebody is `LabCA`. Nobody outside trusts it, and it vouches for no name outside::

    LabCA ── signs ──▶ "mail.example.com" ── shown in the handshake ──▶ client, who trusts LabCA

Keys are made when they are first needed, since making them takes longer than anything else at a
start, and each lab has its own. Law: RFC 5280, RFC 3207, RFC 6125.

Try: ``LabCA().server_context("mail.example.com")``.
"""

from __future__ import annotations

import ssl
from functools import cached_property
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import trustme


class LabCA:
    """A certification authority of one lab. Everything is made lazily, and once."""

    def __init__(self) -> None:
        self._servers: dict[tuple[str, ...], ssl.SSLContext] = {}

    @cached_property
    def _authority(self) -> trustme.CA:
        import trustme  # not at the head: it brings the whole of cryptography

        return trustme.CA(organization_name="labmail", organization_unit_name="the lab's own CA")

    @property
    def certificate(self) -> str:
        """The CA's certificate in PEM, for programs outside: ``curl --cacert FILE``."""
        return self._authority.cert_pem.bytes().decode("ascii")

    def server_context(self, hostname: str, *others: str) -> ssl.SSLContext:
        """TLS for a server that shows a certificate for ``hostname`` (and other names, addresses).

        The same names get the same context.
        """
        names = (hostname, *others)
        if names not in self._servers:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.minimum_version = ssl.TLSVersion.TLSv1_2  # RFC 8996: the older ones are dead
            self._authority.issue_cert(*names).configure_cert(context)
            self._servers[names] = context
        return self._servers[names]

    def server_pem(self, hostname: str, *others: str) -> str:
        """A key and a certificate for these names, in PEM: for a server that is not ours."""
        leaf = self._authority.issue_cert(hostname, *others)
        return leaf.private_key_and_cert_chain_pem.bytes().decode("ascii")

    @cached_property
    def _client(self) -> ssl.SSLContext:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        context.minimum_version = ssl.TLSVersion.TLSv1_2
        self._authority.configure_trust(context)
        return context

    def client_context(self) -> ssl.SSLContext:
        """TLS for a client that trusts this CA alone and checks the server's name."""
        return self._client
