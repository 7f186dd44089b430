"""The measurements themselves work; how fast anything is, no test says."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parent.parent


def test_a_few_of_everything_is_measured(tmp_path: Path) -> None:
    results = tmp_path / "results.json"
    subprocess.run(
        [sys.executable, "-m", "bench", "--quick", "--to", str(results)],
        check=True,
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT / "tests")},
        timeout=300,
    )
    measured = {line["what"]: line for line in json.loads(results.read_text())["results"]}
    # Without the optional peers there are at least these.
    assert "drain on SQLite against raw sqlite3" in measured
    assert "drain on PostgreSQL, 2 processes against one" in measured
    assert measured["kill -9 during a drain: lost or double"]["value"] == 0
    assert all(line["value"] >= 0 for line in measured.values())
