"""Charts packed in memory."""

import io
import tarfile
from collections.abc import Mapping

CONFIG_MAP = """\
apiVersion: v1
kind: ConfigMap
metadata:
  name: {{ .Release.Name }}
data:
  values: {{ .Values | toJson | quote }}
"""


def packed(
    name: str, version: str, files: Mapping[str, str] | None = None, *, app_version: str = "1.0"
) -> bytes:
    """Return a chart's archive; without `files` it is one ConfigMap that holds its values."""
    chart = f"apiVersion: v2\nname: {name}\nversion: {version}\nappVersion: '{app_version}'\n"
    content = {"Chart.yaml": chart, **(files or {"templates/config.yaml": CONFIG_MAP})}
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w:gz") as archive:
        for path, text in content.items():
            member = tarfile.TarInfo(f"{name}/{path}")
            member.size = len(text.encode())
            archive.addfile(member, io.BytesIO(text.encode()))
    return buffer.getvalue()
