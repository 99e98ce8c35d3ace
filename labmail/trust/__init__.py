"""Trust: who says so, and why should one believe it?

`ca` is the lab's own certification authority, by which a client knows that it speaks with the
server it meant. `sasl` is how a user proves who she is, inside SMTP's AUTH and POP3's AUTH.
"""

from .ca import LabCA
from .sasl import (
    PASSWORD,
    USERNAME,
    Credentials,
    SaslError,
    decode_base64,
    decode_login,
    decode_plain,
    encode_base64,
    encode_plain,
)

__all__ = [
    "PASSWORD",
    "USERNAME",
    "Credentials",
    "LabCA",
    "SaslError",
    "decode_base64",
    "decode_login",
    "decode_plain",
    "encode_base64",
    "encode_plain",
]
