"""A coverage-guided fuzzer of the REST channel's door, run by test_fuzz.py; by hand for longer with -max_total_time=600.

Whatever comes in, `read_message` returns a sound message or one plain sentence that quotes nothing, and never raises.
"""

from __future__ import annotations

import sys

import atheris

with atheris.instrument_imports(include=["signpost.web_chat.rest_channel", "json"]):
    from signpost.web_chat.rest_channel import read_message

from signpost.web_chat.rate_limit import Proxies

PROXIES = Proxies("127.0.0.1, 10.0.0.0/8")


def one_input(body: bytes) -> None:
    """Try one input."""
    message, fault = read_message(body)
    if fault is None:
        assert set(message) == {"sender", "message"}
        assert all(isinstance(value, str) for value in message.values())
        assert 0 < len(message["sender"]) <= 200
    else:
        assert message == {}
        assert fault.isascii()
        assert fault.endswith(".")
    assert isinstance(PROXIES.sender_of("127.0.0.1", body.decode("latin-1")), str)


if __name__ == "__main__":
    atheris.Setup(sys.argv, one_input)
    atheris.Fuzz()
