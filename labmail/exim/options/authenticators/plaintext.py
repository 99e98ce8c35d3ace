"""plaintext: PLAIN and LOGIN. The password crosses the wire as it is, so under TLS only.

Law: Exim specification, chapter 34; RFC 4616.
"""

from labmail.exim.options.authenticators.generic import Authenticator
from labmail.exim.options.field import boolean, string_list


class Plaintext(Authenticator):
    server_needs = "server_condition"
    client_needs = "client_send"

    server_prompts = string_list(None, "What the server asks, item by item.")
    client_send = string_list(None, "What the client sends, item by item; ^ is a NUL.")
    client_ignore_invalid_base64 = boolean(False, "A prompt that is not base64 will do.")
