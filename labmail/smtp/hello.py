"""Hello: who is there, what may be used, and from here on in secret.

A client begins with EHLO and its own name, and is told which extensions it may use (RFC 5321
§4.1.1.1, §2.2). The older HELO asks for none. Saying it again begins anew: a letter half handed
over is forgotten (§4.1.4). STARTTLS begins anew as well, more thoroughly: after it neither side may
believe anything that was said before, for anybody could have said it (RFC 3207 §4.2).

Try: ``EHLO pc.example.com`` in a telnet session, then ``STARTTLS``.
"""

from __future__ import annotations

from aiosmtpd.smtp import TLSSetupException

from . import events, replies
from .authentication import Authentication
from .dialogue import State
from .parameters import OPTIONAL, Refused
from .paths import is_domain, is_literal
from .replies import Reply


class Hello(Authentication):
    """The verbs EHLO, HELO and STARTTLS."""

    async def smtp_EHLO(self, argument: str) -> Reply:
        """Hello, and what do you offer? (RFC 5321 §4.1.1.1; begins anew, §4.1.4)"""
        return await self._hello(argument, esmtp=True)

    async def smtp_HELO(self, argument: str) -> Reply:
        """Hello, without extensions."""
        return await self._hello(argument, esmtp=False)

    async def _hello(self, name: str, *, esmtp: bool) -> Reply:
        if not is_hello_name(name):
            raise Refused(replies.BAD_HELO)
        session, before = self.session, self.session.esmtp
        session.esmtp = esmtp
        reply = await self.ask(self.gate.helo(session, name))
        if reply is not None and not reply.positive:
            session.esmtp = before
            return reply
        self._forget_letter()
        session.helo = name
        offered = self.offered() if esmtp else ()
        self.tell(events.Greeted, called=name, esmtp=esmtp, offered=offered)
        hello = reply.text if reply else f"{self.gate.hostname} Hello {name} [{session.client[0]}]"
        return Reply(250, "\n".join((hello, *offered)))

    def offered(self) -> tuple[str, ...]:
        """The extensions that EHLO lists (RFC 5321 §2.2), as they are offered at this moment."""
        offer = [f"SIZE {self.limits.message}", "8BITMIME", "PIPELINING"]
        offer += [name for name in OPTIONAL if self.offers(name)]
        offer.append("ENHANCEDSTATUSCODES")
        if self.gate.tls is not None and not self.session.tls:
            offer.append("STARTTLS")
        if self.gate.mechanisms and self.may_log_in():
            offer.append("AUTH " + " ".join(self.gate.mechanisms))
        if self.offers("EXPN"):
            offer.append("EXPN")
        return (*offer, "HELP")

    def offers(self, extension: str) -> bool:
        """Whether an extension is offered to this client: what the gate says, where it says."""
        offers = getattr(self.gate, "offers", None)
        if offers is None:
            return extension in OPTIONAL
        return bool(offers(self.session, extension))

    async def smtp_STARTTLS(self, argument: str) -> Reply | None:
        """From here on in secret (RFC 3207). What was sent ahead in the clear is thrown away."""
        if self.session.tls:
            raise Refused(replies.TLS_ALREADY)
        if not self.session.esmtp:
            raise Refused(replies.EHLO_FIRST)
        if self.gate.tls is None:
            raise Refused(replies.NOT_IMPLEMENTED, counts=False)
        tls = self.gate.tls
        self.tls_context = tls() if callable(tls) else tls
        discarded = self.incoming.forget()
        self._forget_letter()
        self._handshaking = True
        try:
            await super().smtp_STARTTLS("")
        except TLSSetupException as problem:
            self._no_tls(problem, discarded)
            return None
        finally:
            self._handshaking = False
        if self.session.ssl is None:
            raise ConnectionResetError("the client went away in the middle of the handshake")
        self.session.tls = describe_tls(self.session.ssl["cipher"])
        self.tell(events.TlsStarted, cipher=self.session.tls, discarded=discarded)
        return None

    def _no_tls(self, problem: TLSSetupException, discarded: int) -> None:
        """The handshake failed: nothing can be said any more, in the clear or otherwise."""
        self.ended, self.state = "TLS failed", State.CLOSED
        why = str(problem.__cause__) or type(problem.__cause__).__name__
        self.tell(events.TlsStarted, problem=why, discarded=discarded)
        self.transport = self._original_transport  # aiosmtpd's own would need a handshake to close
        self.transport.abort()


def is_hello_name(name: str) -> bool:
    """Whether HELO and EHLO take this name: a domain or an address literal (RFC 5321 §4.1.1.1).

    Underscores and a dot at the end are let through: many a laptop is called like that.

    >>> is_hello_name("pc_7.example.com."), is_hello_name("[192.0.2.1]"), is_hello_name("a b")
    (True, True, False)
    """
    if name.startswith("["):
        return is_literal(name)
    return is_domain(name.removesuffix(".").replace("_", "x"))


def describe_tls(cipher: tuple[str, str, int]) -> str:
    """Protocol, cipher and bits as Exim logs them after ``X=``.

    >>> describe_tls(("TLS_AES_256_GCM_SHA384", "TLSv1.3", 256))
    'TLS1.3:TLS_AES_256_GCM_SHA384:256'
    """
    name, version, bits = cipher
    return f"{version.replace('TLSv', 'TLS')}:{name}:{bits}"
