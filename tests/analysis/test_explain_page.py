"""The page on Python runs as it is printed."""

import re
from pathlib import Path

PAGE = Path(__file__).resolve().parents[2] / "docs/explain-python.md"


def test_every_block_of_the_page_runs_after_those_before_it(tmp_path: Path) -> None:
    blocks = re.findall(r"```python\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)
    assert len(blocks) >= 7
    names: dict[str, object] = {"folder": tmp_path}
    for number, block in enumerate(blocks, start=1):
        exec(compile(block, f"docs/explain-python.md, block {number}", "exec"), names)  # noqa: S102
