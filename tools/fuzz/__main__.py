"""`python -m tools.fuzz`: see `cli`."""

from __future__ import annotations

import sys

from tools.fuzz.cli import main

if __name__ == "__main__":
    sys.exit(main())
