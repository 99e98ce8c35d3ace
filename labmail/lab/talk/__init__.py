"""Speaking by hand: one side of a dialogue is a person, the other one is real.

    calling      you are the client: `Conversation`
    answering    you are the server: `Answering`; visitors: real clients that come to call
    dialogue     what both are: what was said, where it stands, what may come now
    transcript   a dialogue as text, kept, compared and spoken again; show: how it looks
    heard, suggestions                  what a line means, and what could be said next
    following, parties, wire, witness, standin
                 how it is done: who can be spoken to, and the connection in a person's hands

Try: ``lab.talk("mail.ask.com").say("EHLO me.test")``.
"""

from __future__ import annotations

from .answering import Answering
from .calling import Conversation
from .dialogue import Dialogue, TalkOver

__all__ = ["Answering", "Conversation", "Dialogue", "TalkOver"]
