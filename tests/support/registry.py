"""An OCI registry on loopback: as much of the distribution protocol as pushing and pulling charts takes."""

import hashlib
import json
import re
from contextlib import suppress
from typing import ClassVar
from urllib.parse import parse_qs, urlsplit

from tests.support.serving import Handler, Service

_MANIFEST = "application/vnd.oci.image.manifest.v1+json"
_CONFIG = "application/vnd.cncf.helm.config.v1+json"
_CHART = "application/vnd.cncf.helm.chart.content.v1.tar+gzip"
_PROVENANCE = "application/vnd.cncf.helm.chart.provenance.v1.prov"
_ROUTE = re.compile(r"/v2/(?P<name>.+)/(?P<kind>blobs/uploads|blobs|manifests|tags)/(?P<rest>[^/]*)")


class _Handler(Handler):  # the methods' names are the base class's
    def do_GET(self) -> None:  # noqa: N802
        if self.admitted():
            self._read()

    do_HEAD = do_GET  # noqa: N815

    def do_POST(self) -> None:  # noqa: N802
        if self.admitted():
            route = _ROUTE.match(urlsplit(self.path).path)
            assert route is not None
            upload = f"/v2/{route['name']}/blobs/uploads/{len(self.state.uploads)}"
            self.state.uploads[upload] = b""
            self.answer(202, headers={"Location": upload})

    def do_PATCH(self) -> None:  # noqa: N802
        if self.admitted():
            self.state.uploads[self.path] += self.body()
            self.answer(202, headers={"Location": self.path})

    def do_PUT(self) -> None:  # noqa: N802
        if not self.admitted():
            return
        parts = urlsplit(self.path)
        route = _ROUTE.match(parts.path)
        assert route is not None
        if route["kind"] == "manifests":
            digest = self.state.keep_manifest(route["name"], route["rest"], self.body())
        else:
            content = self.state.uploads.pop(parts.path) + self.body()
            digest = self.state.keep_blob(content)
            assert [digest] == parse_qs(parts.query)["digest"]
        self.answer(201, headers={"Location": self.path, "Docker-Content-Digest": digest})

    def _read(self) -> None:
        path = urlsplit(self.path).path
        route = _ROUTE.match(path)
        if route is not None and route["rest"] in self.state.redirects:
            self.answer(307, headers={"Location": f"{self.state.redirects[route['rest']]}{path}"})
        elif route is not None and route["rest"] in self.state.endless:
            self._answer_without_end()
        elif route is None:
            self.answer(200 if path == "/v2/" else 404, b"{}")
        elif route["kind"] == "tags":
            self._answer_tags(route["name"])
        elif route["kind"] == "manifests":
            self._answer_blob(
                self.state.manifests.get((route["name"], route["rest"]), route["rest"]), _MANIFEST
            )
        else:
            self._answer_blob(route["rest"], "application/octet-stream")

    def _answer_without_end(self) -> None:
        self.send_response(200)
        self.send_header("Connection", "close")
        self.end_headers()
        with suppress(OSError):  # whoever asked has had enough
            while True:
                self.wfile.write(bytes(65536))

    def _answer_tags(self, name: str) -> None:
        tags = [tag for repository, tag in self.state.manifests if repository == name]
        self.answer(200, json.dumps({"name": name, "tags": tags}).encode())

    def _answer_blob(self, digest: str, media_type: str) -> None:
        content = self.state.blobs.get(digest)
        if content is None:
            self.answer(404, b'{"errors":[{"code":"MANIFEST_UNKNOWN","message":"not here"}]}')
        else:
            self.answer(200, content, {"Content-Type": media_type, "Docker-Content-Digest": digest})


class Registry(Service):
    """Serves over plain HTTP; charts come in by `push`, or from Helm.

    What is asked for by a tag or digest in `redirects` is elsewhere, at the address given there; what is in
    `endless` has no end; manifests announce false `sizes`, and have `more_layers` of another kind.

    Example:
        with Registry(username="reader", password="secret") as registry:
            registry.push("web", "1.0.0", packed("web", "1.0.0"))
            … SourceConfig(chart=registry.reference("web"), version="1.0.0", plain_http=True)
    """

    handler: ClassVar[type[Handler]] = _Handler

    def __init__(self, *, username: str = "", password: str = "") -> None:
        super().__init__(username=username, password=password)
        self.blobs: dict[str, bytes] = {}
        self.manifests: dict[tuple[str, str], str] = {}
        self.uploads: dict[str, bytes] = {}
        self.redirects: dict[str, str] = {}
        self.endless: set[str] = set()
        self.sizes: dict[str, int] = {}
        self.more_layers = 0

    def reference(self, name: str) -> str:
        """Return what to give as the chart called `name`."""
        return f"oci://{self.address}/charts/{name}"

    def push(self, name: str, version: str, archive: bytes, *, provenance: bytes = b"") -> str:
        """Publish an archive, again if need be; return the digest of its manifest."""
        config = json.dumps({"apiVersion": "v2", "name": name, "version": version}).encode()
        layers = [self._described(_CHART, archive)]
        layers += [self._described("text/plain", str(number).encode()) for number in range(self.more_layers)]
        if provenance:
            layers.append(self._described(_PROVENANCE, provenance))
        manifest = {
            "schemaVersion": 2,
            "mediaType": _MANIFEST,
            "config": self._described(_CONFIG, config),
            "layers": layers,
        }
        return self.keep_manifest(f"charts/{name}", version.replace("+", "_"), json.dumps(manifest).encode())

    def keep_blob(self, content: bytes) -> str:
        """Store `content` and return its digest."""
        digest = f"sha256:{hashlib.sha256(content).hexdigest()}"
        self.blobs[digest] = content
        return digest

    def keep_manifest(self, name: str, tag: str, content: bytes) -> str:
        """Store a manifest under a tag and return its digest."""
        self.manifests[name, tag] = self.keep_blob(content)
        return self.manifests[name, tag]

    def _described(self, media_type: str, content: bytes) -> dict[str, object]:
        digest = self.keep_blob(content)
        return {"mediaType": media_type, "digest": digest, "size": self.sizes.get(digest, len(content))}
