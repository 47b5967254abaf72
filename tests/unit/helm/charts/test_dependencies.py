"""Dependencies: fetched into a copy that leads to the same charts, and is the same each time."""

from __future__ import annotations

import gzip
import io
import tarfile
import time
from typing import TYPE_CHECKING

import pytest

from helm_rollback_component.helm.charts import reproducible
from helm_rollback_component.helm.charts.dependencies import with_dependencies

if TYPE_CHECKING:
    from pathlib import Path
    from typing import Any

UNTIL = 'generated: "2026-01-01T00:00:00Z"\n'


class Packing:
    """Packs what the chart's URLs lead to, dated like Helm's own archives and locks."""

    def __init__(self, *ways: str) -> None:
        self.ways = ways
        self.seconds = 0.0

    def build_dependencies(self, chart: Path, *, locked: bool) -> None:
        self.seconds += 1
        (chart / "charts").mkdir(exist_ok=True)
        for way in self.ways:
            content = (chart / way / "Chart.yaml").read_bytes()
            name = way.rpartition("/")[2]
            (chart / "charts" / f"{name}-1.0.0.tgz").write_bytes(dated(name, content, self.seconds))
        if not locked:
            (chart / "Chart.lock").write_text(UNTIL.replace("2026", f"{2026 + self.seconds:.0f}"))


def dated(name: str, content: bytes, seconds: float) -> bytes:
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w:gz", format=tarfile.PAX_FORMAT) as archive:
        member = tarfile.TarInfo(f"{name}/Chart.yaml")
        member.size, member.mtime = len(content), time.time() + seconds + 0.5
        archive.addfile(member, io.BytesIO(content))
    return buffer.getvalue()


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    return tmp_path / "cache"


def chart(folder: Path, *ways: str) -> Path:
    folder.mkdir(parents=True)
    listed = "".join(f"- {{name: x, repository: 'file://{way}'}}\n" for way in ways)
    needed = f"dependencies:\n{listed}" if ways else ""
    (folder / "Chart.yaml").write_text(f"name: {folder.name}\nversion: 1.0.0\n{needed}")
    return folder


def built(web: Path, *ways: str) -> Path:
    tools: Any = Packing(*ways)
    return with_dependencies(web, tools)


def files(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


@pytest.mark.parametrize(
    "ways",
    [
        ("../lib",),
        ("../../libs/lib",),
        ("./own/lib",),
        ("../lib", "../lib/sub", "../../libs/lib/sub"),
    ],
)
def test_relative_urls_lead_where_they_led(tmp_path: Path, ways: tuple[str, ...]) -> None:
    web = chart(tmp_path / "a" / "b" / "web", *ways)
    for way in ways:
        chart(web / way)
    before = files(tmp_path / "a")
    copy = built(web, *ways)
    assert {path.name for path in (copy / "charts").iterdir()} == {
        f"{way.rpartition('/')[2]}-1.0.0.tgz" for way in ways
    }
    assert files(tmp_path / "a") == before


def test_an_absolute_url_needs_no_help(tmp_path: Path) -> None:
    lib = chart(tmp_path / "lib")
    web = chart(tmp_path / "web", str(lib))
    assert (built(web, str(lib)) / "charts" / "lib-1.0.0.tgz").is_file()


def test_what_is_not_there_is_left_to_helm_to_tell(tmp_path: Path) -> None:
    web = chart(tmp_path / "web", "../nowhere")
    assert files(built(web)).keys() == {"Chart.yaml", "Chart.lock"}


def test_the_same_chart_is_the_same_each_time(tmp_path: Path) -> None:
    chart(tmp_path / "lib")
    web = chart(tmp_path / "web", "../lib")
    tools: Any = Packing("../lib")
    first = with_dependencies(web, tools)
    content = files(first)
    assert with_dependencies(web, tools) == first
    assert files(first) == content
    assert b"0001-01-01" in content["Chart.lock"]
    (tmp_path / "lib" / "Chart.yaml").write_text("name: lib\nversion: 1.0.0 # edited\n")
    assert with_dependencies(web, tools) != first


def test_what_the_user_has_in_it_stays_as_it_is(tmp_path: Path) -> None:
    chart(tmp_path / "lib")
    web = chart(tmp_path / "web", "../lib")
    (web / "charts").mkdir()
    (web / "charts" / "own-1.0.0.tgz").write_bytes(dated("own", b"", 0))
    (web / "Chart.lock").write_text(UNTIL)
    before = files(web)
    assert before.items() <= files(built(web, "../lib")).items()


class TestReproducible:
    def test_an_archive_keeps_its_files(self) -> None:
        found = reproducible.archive(dated("lib", b"name: lib", 5))
        assert found == reproducible.archive(dated("lib", b"name: lib", 9))
        with tarfile.open(fileobj=io.BytesIO(found), mode="r:gz") as archive:
            (member,) = archive
            content = archive.extractfile(member)
            assert content is not None
            assert (member.name, member.mtime, content.read()) == ("lib/Chart.yaml", 0, b"name: lib")

    @pytest.mark.parametrize(
        "content",
        [b"db", b"", gzip.compress(b"db"), dated("lib", b"a" * 99, 1)[:60]],
        ids=["a text", "nothing", "no tar", "a part of one"],
    )
    def test_what_is_no_archive_is_left(self, content: bytes) -> None:
        assert reproducible.archive(content) == content
