"""How far an import is: a bar on a terminal, a plain line every few seconds elsewhere."""

import sys
import time
from collections.abc import Callable
from typing import TextIO

from tqdm import tqdm

from gravida.find.registry.verdict import Tally

SECONDS_BETWEEN_LINES = 10


class Bar:
    """A bar with counts and rate, on a terminal. `total_bytes` None: the size is not known beforehand."""

    def __init__(self, *, total_bytes: int | None = None, out: TextIO = sys.stderr) -> None:
        self._bar = tqdm(
            total=total_bytes, unit="B", unit_scale=True, unit_divisor=1000, file=out, leave=False
        )
        self._clock = time.monotonic
        self._begun = self._clock()

    def show(self, tally: Tally, *, read_bytes: int) -> None:
        """Move on."""
        self._bar.set_postfix_str(_counts(tally, seconds=self._clock() - self._begun), refresh=False)
        self._bar.update(max(0, read_bytes - self._bar.n))

    def close(self) -> None:
        """Take the bar away."""
        self._bar.close()


class Lines:
    """A plain line every SECONDS_BETWEEN_LINES, for logs and pipes."""

    def __init__(self, *, out: TextIO = sys.stderr, clock: Callable[[], float] = time.monotonic) -> None:
        self._out, self._clock = out, clock
        self._begun = self._said = clock()

    def show(self, tally: Tally, *, read_bytes: int) -> None:
        """Write a line when the last one is long enough ago."""
        now = self._clock()
        if now - self._said >= SECONDS_BETWEEN_LINES:
            self._said = now
            counts = _counts(tally, seconds=now - self._begun)
            self._out.write(f"{read_bytes / 1e6:.0f} MB, {counts}\n")
            self._out.flush()

    def close(self) -> None:
        """Nothing to take away."""


def _counts(tally: Tally, *, seconds: float) -> str:
    rate = tally.read / seconds if seconds > 0 else 0
    written = f"{tally.new} new, {tally.changed} changed, {tally.quarantined} put aside"
    return f"{tally.read} read, {written}, {rate:.0f}/s"


def progress_on(out: TextIO, *, total_bytes: int | None) -> Bar | Lines:
    """The progress that fits where it is written."""
    return Bar(total_bytes=total_bytes, out=out) if out.isatty() else Lines(out=out)
