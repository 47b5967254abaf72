"""A chart repository on loopback."""

import hashlib
from typing import ClassVar

import yaml

from tests.support.serving import Handler, Service


class _Handler(Handler):  # the methods' names are the base class's
    def do_GET(self) -> None:  # noqa: N802
        if not self.admitted():
            return
        content = self.state.content(self.path.partition("?")[0])
        self.answer(self.state.status if content is not None else 404, content or b"")


class Repository(Service):
    """Serves ``index.yaml`` and the archives in it.

    Example:
        with Repository() as repository:
            repository.add("web", "1.0.0", packed("web", "1.0.0"))
            … SourceConfig(chart="web", repository=repository.url, version="1.0.0")
    """

    handler: ClassVar[type[Handler]] = _Handler

    def __init__(self, *, username: str = "", password: str = "") -> None:
        super().__init__(username=username, password=password)
        self.status = 200
        self.files: dict[str, bytes] = {}
        self.index: dict[str, list[dict[str, object]]] = {}

    @property
    def url(self) -> str:
        """What to give as a chart's repository."""
        return f"http://{self.address}/charts"

    def add(
        self, name: str, version: str, archive: bytes, *, url: str = "", digest: str | None = None
    ) -> None:
        """List an archive, and serve it; `url` and `digest` are what the index says, if not the truth."""
        file = f"{name}-{version}.tgz"
        self.files[file] = archive
        entry = {
            "apiVersion": "v2",
            "name": name,
            "version": version,
            "urls": [url or file],
            "digest": hashlib.sha256(archive).hexdigest() if digest is None else digest,
        }
        self.index.setdefault(name, []).insert(0, dict(entry))

    def content(self, path: str) -> bytes | None:
        """Return what is served at `path`, or None."""
        name = path.removeprefix("/charts/")
        if name == "index.yaml":
            return yaml.safe_dump({"apiVersion": "v1", "entries": self.index}, sort_keys=False).encode()
        return self.files.get(name)
