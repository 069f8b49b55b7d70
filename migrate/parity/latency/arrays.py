"""numpy, its linear algebra on one thread.

The bootstrap's products are small; OpenBLAS's threads wait for each other by spinning, on a busy machine ten times as
long as a product takes. OpenBLAS reads the variable once, when it is loaded, and engines that are started later must not
inherit it.
"""

from __future__ import annotations

import os

_THREADS = "OPENBLAS_NUM_THREADS"
_before = os.environ.get(_THREADS)
os.environ.setdefault(_THREADS, "1")
try:
    import numpy as np
finally:
    if _before is None:
        del os.environ[_THREADS]

__all__ = ["np"]
