"""Whether a version that a file names is too old for what the programs need now."""

from __future__ import annotations

import re

_BOUND = re.compile(r"(===?|~=|<=|<|\^|=)[ \t\"']*v?(\d+)(?:\.(\d+))?")


def capped(entry: str, needed: str) -> bool:
    """Whether an entry (`openai==0.28.1`, `openai = "^0.28"`) allows only major versions below the needed one's."""
    lowest = re.search(r">=(\d+)", needed)
    if lowest is None:
        return False
    most = [
        int(major) - (sign == "<" and int(minor or 0) == 0)
        for sign, major, minor in _BOUND.findall(re.sub(r">=?[ \t]*[\d.]+", "", entry))
    ]
    return bool(most) and min(most) < int(lowest[1])
