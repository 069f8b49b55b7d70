"""Text that was said by somebody else, as it may be shown."""

from __future__ import annotations


def visible(text: str) -> str:
    """Control characters and lone surrogates as escapes: XML cannot hold them, and nothing else should act on them."""
    return "".join(one if one.isprintable() or one in "\n\t " else _escape(one) for one in text)


def _escape(one: str) -> str:
    """Blanks of other scripts and joiners are text; what is left of the unprintable ones does something."""
    code = ord(one)
    harmless = 0xA0 <= code < 0xD800 and not 0x200E <= code <= 0x202E and not 0x2066 <= code <= 0x2069
    return one if harmless or 0xFE00 <= code <= 0xFE0F or code > 0xFFFF else ascii(one)[1:-1]
