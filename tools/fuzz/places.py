"""Where the inputs are kept."""

from __future__ import annotations

from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
CORPUS = ROOT / "tests" / "fuzz" / "corpus"
"""One folder for each target; what is in it is read by a unit test, too."""
FINDINGS = ROOT / ".fuzz"
"""What was found, and what Atheris has learned; not kept."""
