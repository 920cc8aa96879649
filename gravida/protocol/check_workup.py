"""Whether workup.toml and the dictionary speak of the same variables, units and codes."""

from collections.abc import Iterable, Iterator

from gravida.protocol.dictionary import Dictionary, Variable
from gravida.protocol.toml_tables import Table

_CODE_LISTS = ("normal", "not_done", "unknown", "pending")


def check_workup_names(top: Table, dictionary: Dictionary) -> None:
    """Note every test and finding whose variable, unit or codes the dictionary does not have."""
    variables: dict[str, Variable] = {}
    for table in top.tables("test"):
        variable = dictionary.variables.get(str(table.data.get("variable", "")))
        if variable is None:
            found = f"variable {table.data.get('variable')}"
            table.mistake("variable", found=found, wanted="a variable of dictionary.csv, as FORM.variable")
            continue
        variables[str(table.data.get("id"))] = variable
        unit = str(table.data.get("unit", ""))
        if unit and unit != (variable.unit or "1"):
            table.mistake(
                "unit", found=f"unit {unit}", wanted=f"{variable.unit or 1}, as dictionary.csv has it"
            )
        for key in _CODE_LISTS:
            _codes(table, key, table.data.get(key, ()), variable, dictionary)
    for table in top.tables("finding"):
        for test, key, codes in _clauses(table):
            if test in variables:
                _codes(table, key, codes, variables[test], dictionary)


def _clauses(finding: Table) -> Iterator[tuple[str, str, Iterable[object]]]:
    """Each test that a finding reads, with the codes it looks for."""
    clauses = finding.data.get("when", ())
    for clause in clauses if isinstance(clauses, list) else ():
        if isinstance(clause, dict) and isinstance(clause.get("codes"), list):
            yield str(clause.get("test", "")), "when", clause["codes"]


def _codes(table: Table, key: str, codes: object, variable: Variable, dictionary: Dictionary) -> None:
    known = {choice.code for choice in dictionary.choices(variable)}
    if not known or not isinstance(codes, list):
        return
    for code in codes:
        if code not in known:
            found = f"code {code} of {variable.full_name}"
            table.mistake(key, found=found, wanted=f"one of {', '.join(sorted(known))}")
