"""AUTH: a client proves who its user is (RFC 4954).

::

    C: AUTH PLAIN AGFsaWNlAHNlY3JldA==        one step, with an initial response
    S: 235 2.7.0 Authentication succeeded

    C: AUTH LOGIN                             two questions
    S: 334 VXNlcm5hbWU6                       "Username:"
    C: YWxpY2U=
    S: 334 UGFzc3dvcmQ6                       "Password:"
    C: c2VjcmV0                               ("*" instead would cancel)
    S: 235 2.7.0 Authentication succeeded

Both mechanisms show the password to whoever can read along, so they are offered inside TLS only. In
the trace the answers are three stars, right from the start.

Try: ``swaks --auth PLAIN -tls`` against the submission service.
"""

from __future__ import annotations

from labmail.trust import (
    PASSWORD,
    USERNAME,
    Credentials,
    SaslError,
    decode_base64,
    decode_login,
    decode_plain,
    encode_base64,
)

from . import events, replies
from .commands import FORMS, too_long
from .conversation import Conversation
from .parameters import Refused
from .replies import Reply


class Authentication(Conversation):
    """The verb AUTH."""

    _failed_logins = 0

    def may_log_in(self) -> bool:
        """Whether a password may be sent now: inside TLS, or where the gate does not mind."""
        return bool(self.session.tls) or getattr(self.gate, "auth_without_tls", False)

    async def smtp_AUTH(self, argument: str) -> Reply:
        """Logs in (RFC 4954 §4)."""
        mechanism, initial = self._mechanism(argument)
        try:
            if mechanism == "PLAIN":
                credentials = decode_plain(await self._response("", initial))
            else:
                login = await self._response(USERNAME, initial)
                credentials = decode_login(login, await self._response(PASSWORD))
        except SaslError:
            raise Refused(replies.BAD_CREDENTIALS) from None
        return await self._decide(mechanism, credentials)

    def _mechanism(self, argument: str) -> tuple[str, str | None]:
        """The mechanism and the initial response, if AUTH may be used at all."""
        if not self.session.esmtp:
            raise Refused(replies.EHLO_FIRST)
        if self.session.user is not None:
            raise Refused(replies.LOGGED_IN_ALREADY)
        if not self.gate.mechanisms:
            raise Refused(replies.NOT_IMPLEMENTED, counts=False)
        if not self.may_log_in():
            raise Refused(replies.TLS_FIRST)
        words = argument.split()
        if not 1 <= len(words) <= 2:
            raise Refused(replies.syntax(FORMS["AUTH"]))
        if words[0].upper() not in self.gate.mechanisms:
            raise Refused(replies.BAD_MECHANISM)
        return words[0].upper(), words[1] if len(words) == 2 else None

    async def _response(self, question: str, initial: str | None = None) -> bytes:
        """The client's answer to ``question``, or the one that it has given already.

        ``=`` as an initial response stands for an empty one (RFC 4954 §4).
        """
        if initial is not None:
            return _decoded("" if initial == "=" else initial)
        await self.push(replies.challenge(encode_base64(question.encode())))
        self._reset_timeout()
        line = await self.incoming.line(self.limits.auth_line)
        if line is None:
            raise ConnectionResetError("the client went away while logging in")
        if self.trace.on:
            cancelled = line.text == b"*\r\n"
            self.teller.said("C", line.text if cancelled else b"***\r\n", masked=not cancelled)
        if line.cut:
            raise Refused(too_long("AUTH"))
        if not line.text.endswith(b"\r\n") or b"\n" in line.text[:-2]:
            raise Refused(replies.BARE_LINE_FEED)
        if line.text == b"*\r\n":
            raise Refused(replies.LOGIN_CANCELLED)
        return _decoded(line.text[:-2].decode("latin-1"))

    async def _decide(self, mechanism: str, credentials: Credentials) -> Reply:
        session = self.session
        session.mechanism = mechanism
        right = credentials.for_oneself and await self.ask(
            self.gate.authenticate(session, credentials.login, credentials.password)
        )
        if right is not True:
            session.mechanism = None
        if isinstance(right, Reply):
            return replies.LOGIN_PROBLEM
        self.tell(
            events.Authenticated,
            login=credentials.login,
            mechanism=mechanism,
            client=(session.helo or "").strip("[]") or session.client[0],
            accepted=right,
            tls=session.tls,
        )
        if not right:
            return self._wrong()
        session.user = credentials.login
        return replies.LOGGED_IN

    def _wrong(self) -> Reply:
        self._failed_logins += 1
        if self._failed_logins >= self.limits.failed_logins:
            self.ended = "too many failed logins"
            return replies.TOO_MANY_LOGINS
        return replies.LOGIN_REFUSED


def _decoded(text: str) -> bytes:
    try:
        return decode_base64(text)
    except SaslError:
        raise Refused(replies.BAD_BASE64) from None
