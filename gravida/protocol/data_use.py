"""What a study folder says about the data of a message: who answers for them, what for, who reads them."""

from dataclasses import dataclass, field
from typing import Any

from gravida.protocol.criteria import Texts
from gravida.protocol.toml_tables import Table


@dataclass(frozen=True, kw_only=True)
class DataUse:
    """The study's own words; an empty one is said by the site in general words."""

    controller: Texts = field(default_factory=dict)  # who answers for the data, with an address
    purpose: Texts = field(default_factory=dict)
    recipients: Texts = field(default_factory=dict)
    rights: Texts = field(default_factory=dict)  # whom to ask, and where to complain


KEYS = ("controller", "purpose", "recipients", "rights")


def read_data_use(table: dict[str, Any]) -> DataUse:
    """The words that the table [data_use] gives. TypeError where it holds another key."""
    return DataUse(**table)


def check_data_use(table: Table) -> None:
    """Note what is wrong in [data_use]."""
    if table.data:
        table.only(*KEYS)
        for key in KEYS:
            table.texts(key, required=False)
