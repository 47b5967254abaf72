"""Go templates, rendered by Helm's own library in a process of its own."""

import json
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

_RENDERER = """\
import json, sys
import helm_python
chart = helm_python.Chart.load(sys.argv[1])
for line in sys.stdin:
    print(json.dumps(chart.render(json.loads(line))), flush=True)
"""


class Templates:
    """Renders the same templates with any values.

    Args:
        templates: the templates by name.
        folder: takes the chart that is made of them; must be empty.
    """

    def __init__(self, templates: Mapping[str, str], folder: Path) -> None:
        self._names = list(templates)
        (folder / "templates").mkdir()
        (folder / "Chart.yaml").write_text("apiVersion: v2\nname: spelled\nversion: 1.0.0\n")
        for number, template in enumerate(templates.values()):
            (folder / "templates" / f"{number}.txt").write_text(template)
        command = [sys.executable, "-c", _RENDERER, str(folder)]
        self._process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)

    def render(self, values: Mapping[str, Any]) -> dict[str, str]:
        """Return what each template renders to."""
        assert self._process.stdin
        assert self._process.stdout
        self._process.stdin.write(json.dumps(values).encode() + b"\n")
        self._process.stdin.flush()
        rendered = json.loads(self._process.stdout.readline())
        return {name: rendered[f"spelled/templates/{number}.txt"] for number, name in enumerate(self._names)}

    def close(self) -> None:
        """End the process."""
        self._process.communicate()


@contextmanager
def rendering(templates: Mapping[str, str], folder: Path) -> Iterator[Templates]:
    """Give what renders the templates, for the length of the block."""
    rendered = Templates(templates, folder)
    try:
        yield rendered
    finally:
        rendered.close()
