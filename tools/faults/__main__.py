"""``python -m tools.faults``."""

import sys

from tools.faults.cli import main

sys.exit(main())
