"""Frozen dataclasses that are made in half the time: the rules make hundreds of them for every woman."""

from dataclasses import MISSING, Field, fields
from typing import Any, TypeVar

Kind = TypeVar("Kind", bound=type)


def made_quickly(kind: Kind) -> Kind:
    """The same frozen dataclass with slots, but for how it is filled.

    A frozen dataclass sets each field by a call, as its own assignment is closed. Here an object is a draft,
    of a class with the same slots and open assignment, while it is filled, and becomes what it is at the end.
    TypeError for a class without slots or with a field that __init__ does not take as it is.
    """
    told = fields(kind)
    if "__slots__" not in kind.__dict__ or not all(_is_plain(field) for field in told):
        raise TypeError(f"{kind.__qualname__}: wanted slots=True, and no field that a factory fills")
    draft = type(kind.__name__, (), {"__slots__": tuple(field.name for field in told)})
    known: dict[str, Any] = {"_become_": object.__setattr__, "_draft_": draft, "_kind_": kind}
    known |= {f"_default_{field.name}": field.default for field in told}
    exec(_init(told, has_check=hasattr(kind, "__post_init__")), known)  # noqa: S102 - as dataclasses does it
    known["__init__"].__qualname__ = f"{kind.__qualname__}.__init__"
    type.__setattr__(kind, "__init__", known["__init__"])
    return kind


def _is_plain(field: "Field[Any]") -> bool:
    return field.init and field.default_factory is MISSING


def _init(told: "tuple[Field[Any], ...]", *, has_check: bool) -> str:
    by_place = [_parameter(field) for field in told if not field.kw_only]
    by_name = [_parameter(field) for field in told if field.kw_only]
    lines = [
        f"def __init__({', '.join(['self', *by_place, *(['*'] if by_name else []), *by_name])}):",
        "    _become_(self, '__class__', _draft_)",
        *(f"    self.{field.name} = {field.name}" for field in told),
        "    self.__class__ = _kind_",
        *(["    self.__post_init__()"] if has_check else []),
    ]
    return "\n".join(lines)


def _parameter(field: "Field[Any]") -> str:
    return field.name if field.default is MISSING else f"{field.name}=_default_{field.name}"
