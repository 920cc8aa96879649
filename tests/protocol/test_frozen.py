"""Frozen dataclasses that are made quickly: the same but for the time it takes."""

from copy import deepcopy
from dataclasses import FrozenInstanceError, dataclass, field, replace

import pytest

from gravida.protocol.frozen import made_quickly


@made_quickly
@dataclass(frozen=True, slots=True)
class Age:
    """An age whose bounds are checked; its field `kind` is named as something inside the decorator is."""

    fewest: int
    most: int = 9
    kind: str = "told"

    def __post_init__(self) -> None:
        if self.fewest > self.most:
            raise ValueError(f"{self.fewest}..{self.most}")


def test_it_is_equal_and_shown_as_any_dataclass() -> None:
    assert Age(1, kind="dated") == Age(fewest=1, most=9, kind="dated") != Age(1)
    assert hash(Age(1)) == hash(Age(1, 9))
    assert repr(Age(1)).endswith("Age(fewest=1, most=9, kind='told')")
    assert replace(Age(1), most=3) == deepcopy(Age(1, 3))


def test_it_stays_frozen() -> None:
    age = Age(1)

    with pytest.raises(FrozenInstanceError):
        age.fewest = 2  # type: ignore[misc]

    assert type(age) is Age
    assert not hasattr(age, "__dict__")


def test_its_own_check_and_its_signature_hold() -> None:
    with pytest.raises(ValueError, match=r"5\.\.3"):
        Age(5, 3)
    with pytest.raises(TypeError, match=r"Age\.__init__\(\) missing 1 required .* 'fewest'"):
        Age()  # type: ignore[call-arg]


def test_what_it_cannot_make_is_refused() -> None:
    @dataclass(frozen=True)
    class WithoutSlots:
        number: int

    @dataclass(frozen=True, slots=True)
    class WithFactory:
        numbers: list[int] = field(default_factory=list)

    for kind in (WithoutSlots, WithFactory):
        with pytest.raises(TypeError, match="wanted slots=True, and no field that a factory fills"):
            made_quickly(kind)
