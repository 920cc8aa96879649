"""How pregnancies end, as the numbers that arrays hold, in the classes of the protocol."""

from enum import IntEnum

import numpy as np
from numpy.typing import NDArray

from gravida.protocol.plan_words import ENDINGS

Endings = NDArray[np.int8]


class Ending(IntEnum):
    """How a pregnancy ended. Names in small letters are the words of a plan's [input.endings]."""

    UNKNOWN = 0
    LIVE_BIRTH = 1
    STILLBIRTH = 2
    FETAL_DEATH = 3  # dead-born, called so at any age: a loss before 22 weeks, a stillbirth from then on
    MISCARRIAGE = 4
    BIOCHEMICAL = 5
    PUL_RESOLVED = 6
    PUL_TREATED = 7
    LOSS = 8  # of a type nobody wrote down
    ECTOPIC = 9
    COMPLETE_MOLE = 10
    PARTIAL_MOLE = 11
    TERMINATION = 12
    ONGOING = 13


ENDING_OF = {word: Ending[word.upper()] for word in ENDINGS}


def among(endings: Endings, *chosen: Ending) -> NDArray[np.bool_]:
    """Whether each ending is one of those chosen, (rows,)."""
    table = np.zeros(len(Ending), dtype=np.bool_)
    table[list(chosen)] = True
    return table[endings]
