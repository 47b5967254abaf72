"""``python -m tools.ground``."""

import sys

from tools.ground.cli import main

sys.exit(main())
