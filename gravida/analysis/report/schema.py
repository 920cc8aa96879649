"""The JSON Schema of results.json, made from the classes of the results: `python -m` this file prints it."""

import json
import sys

from gravida.analysis.report.codec import schema_of
from gravida.analysis.report.results import FORMAT, FORMAT_VERSION, Results


def schema_text() -> str:
    """The schema as docs/results.schema.json holds it."""
    schema = schema_of(
        Results,
        title=f"Results of gravida explain, format {FORMAT} {FORMAT_VERSION}",
        identity=f"{FORMAT}-{FORMAT_VERSION}.schema.json",
    )
    return json.dumps(schema, indent=2, ensure_ascii=False) + "\n"


if __name__ == "__main__":
    sys.stdout.write(schema_text())
