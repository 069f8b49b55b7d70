"""What tells a mock of a client from the client."""

from __future__ import annotations

# What a mock has and a client's method does not.
MOCKED = ("return_value", "side_effect", "called", "call_args", "call_args_list", "call_count", "mock_calls")


def mocked(path: list[str]) -> bool:
    """Whether what is read from an object is a mock's: `client.generate.return_value`."""
    return any(name in MOCKED or name.startswith(("assert_", "reset_mock")) for name in path)
