"""Which pages there are, and what makes them."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from tools.documents import command_page, input_page, output_page, reason_page, script_page

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

FOLDER = Path(__file__).parents[2] / "docs"
PAGES: Mapping[str, Callable[[], str]] = {
    "command-line.md": command_page.page,
    "inputs.md": input_page.page,
    "outputs.md": output_page.page,
    "reasons.md": reason_page.page,
    "scripts.md": script_page.page,
}
