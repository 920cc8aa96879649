"""Which version of each study was last looked at: two numbers a study, packed into one column.

600,000 studies are 10 MB here, and compared with an index in some milliseconds; as rows they would be a table
of their own, written anew by every import.
"""

import zlib
from dataclasses import dataclass
from typing import Self

import numpy as np
import numpy.typing as npt

Ints = npt.NDArray[np.int64]
_KIND = np.dtype("<i8")


@dataclass(frozen=True, kw_only=True)
class SeenVersions:
    """Study.pk and RecordVersion.pk of every study looked at; a version below zero: no longer listed then.

    Both are (studies,), by Study.pk.
    """

    studies: Ints
    versions: Ints

    @classmethod
    def of(cls, studies: Ints, versions: Ints) -> Self:
        """From arrays in any order; each study once."""
        order = np.argsort(studies, kind="stable")
        return cls(studies=np.array(studies, np.int64)[order], versions=np.array(versions, np.int64)[order])

    @classmethod
    def unpacked(cls, packed: bytes) -> Self:
        """What `packed` gave."""
        both = np.frombuffer(zlib.decompress(packed), dtype=_KIND).reshape(2, -1).astype(np.int64)
        return cls(studies=both[0], versions=both[1])

    def packed(self) -> bytes:
        """As bytes for a column."""
        return zlib.compress(np.stack([self.studies, self.versions]).astype(_KIND).tobytes(), 1)

    def of_study(self, study: int) -> int:
        """The version of a study: below zero where it was no longer listed, 0 where it was never seen."""
        place = int(np.searchsorted(self.studies, study))
        is_there = place < len(self.studies) and int(self.studies[place]) == study
        return int(self.versions[place]) if is_there else 0

    def differing(self, listed: "SeenVersions") -> Ints:
        """Studies (Study.pk, ascending) that `listed` has in another version, newly, or no longer."""
        here = self._aligned(listed.studies)
        changed = listed.studies[here != listed.versions]
        gone = self.studies[(self.versions > 0) & ~np.isin(self.studies, listed.studies)]
        return np.asarray(np.union1d(changed, gone))

    def advanced(self, listed: "SeenVersions", studies: Ints) -> "SeenVersions":
        """With these studies as `listed` has them, or marked as no longer listed."""
        kept = ~np.isin(self.studies, studies)
        now = listed._aligned(studies)
        before = self._aligned(studies)
        versions = np.where(now == 0, -np.abs(before), now)
        return SeenVersions.of(
            np.concatenate([self.studies[kept], studies]), np.concatenate([self.versions[kept], versions])
        )

    def _aligned(self, studies: Ints) -> Ints:
        """The version of each of these studies; 0 where never seen."""
        if not len(self.studies):
            return np.zeros(len(studies), dtype=np.int64)
        places = np.minimum(np.searchsorted(self.studies, studies), len(self.studies) - 1)
        return np.asarray(np.where(self.studies[places] == studies, self.versions[places], 0))
