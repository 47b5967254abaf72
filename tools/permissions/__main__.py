"""`python -m tools.permissions <record>…`: write the Roles from the requests that tests have recorded.

``make permissions`` records them, and calls this.
"""

import json
import sys
from pathlib import Path

from tools.permissions import files
from tools.permissions.features import roles
from tools.permissions.rights import Right


def main() -> None:
    """Write the Roles of what the given files have recorded, one right a line."""
    lines = [line for name in sys.argv[1:] for line in Path(name).read_text().splitlines()]
    files.write(roles({Right(**json.loads(line)) for line in lines}))


if __name__ == "__main__":
    main()
