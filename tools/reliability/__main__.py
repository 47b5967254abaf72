"""`python -m tools.reliability [<measured>…]`: write docs/reliability.md.

Files that `python -m tools.faults sweep --record` has written are added to what was measured before; of one
operation with one fault on one engine the newest figures count.
"""

import sys
from pathlib import Path

from tools.faults.measured import read
from tools.reliability import page


def main() -> None:
    """Add the given files to what is kept, and write the page from it."""
    texts = [page.MEASURED.read_text(), *(Path(name).read_text() for name in sys.argv[1:])]
    kept = page.newest(read("".join(texts)))
    page.MEASURED.write_text("".join(f"{each.line}\n" for each in kept))
    page.PAGE.write_text(page.text(kept))


if __name__ == "__main__":
    main()
