"""What an act costs, told apart from what else the machine does: for tests of growth and of likeness.

How fast something is belongs to `make bench`. A test may ask whether a long text costs out of proportion, or
whether two answers cost the same.
"""

import gc
import time
from collections.abc import Callable

LEAST = 0.005  # seconds below which a clock tells noise


def cpu_seconds(act: Callable[[], object]) -> float:
    """CPU seconds of this thread alone; no round of the collector, whose cost is the process's past."""
    gc.collect(0)
    gc.disable()
    try:
        begun = time.thread_time()
        act()
        return time.thread_time() - begun
    finally:
        gc.enable()


def growth(read: Callable[[str], object], text: str, *, goes: int = 3) -> float:
    """How often the cost of both ends of a text, a quarter of it, goes into that of the whole.

    In line with the length it is 4, by its square 16. The least of some goes: others' work only ever adds.
    """
    end = len(text) // 8
    part = text[:end] + text[-end:]
    of_part, of_whole = (min(cpu_seconds(lambda: read(one)) for _ in range(goes)) for one in (part, text))  # noqa: B023
    return max(of_whole, LEAST) / max(of_part, LEAST)
