"""Archives of charts, as they come and as they were made to do harm."""

import gzip
import io
import os
import tarfile
import time
from pathlib import Path

import pytest

from helm_rollback_component.errors import ValidationError
from helm_rollback_component.helm.charts import archives, reproducible
from helm_rollback_component.helm.charts.archives import ArchiveError, Room, files
from helm_rollback_component.helm.charts.chart_files import content_digest, local_dependencies, read_metadata
from helm_rollback_component.helm.charts.chart_texts import ask_for_a_load_balancer
from helm_rollback_component.helm.charts.dependencies import with_dependencies
from tests.support.packages import packed

CHART = b"apiVersion: v2\nname: web\nversion: 1.0.0\n"


def tar(*entries: tuple[str, bytes], **fields: object) -> bytes:
    """Return an archive of such files, whose headers have such fields."""
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w:gz") as archive:
        for name, content in entries:
            member = tarfile.TarInfo(name)
            member.size = len(content)
            for field, value in fields.items():
                setattr(member, field, value)
            archive.addfile(member, io.BytesIO(content))
    return buffer.getvalue()


def read(packed_chart: bytes) -> dict[str, bytes]:
    return dict(files(packed_chart, Room()))


def test_names_are_those_in_the_charts_folder() -> None:
    found = read(tar(("web/Chart.yaml", b"a"), ("web/./charts//db/x", b"b"), ("other\\templates\\y", b"c")))
    assert found == {"Chart.yaml": b"a", "charts/db/x": b"b", "templates/y": b"c"}


@pytest.mark.parametrize(
    "name",
    [
        *("web/../../etc/passwd", "web/..", "web//etc/passwd", "/etc/passwd/../..", "web"),
        *("web/c:/x", "web\\..\\x", "Chart.yaml", "Chart.yaml/x", "web/./", "web/..hidden"),
    ],
)
def test_a_name_that_leads_out_of_the_folder_is_refused_as_helm_does(name: str) -> None:
    with pytest.raises(ArchiveError, match="outside the chart's folder"):
        read(tar((name, b"x")))


@pytest.mark.parametrize(
    "kind",
    [tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.CHRTYPE, tarfile.BLKTYPE, tarfile.FIFOTYPE, tarfile.DIRTYPE],
)
def test_links_and_devices_are_no_files(kind: bytes) -> None:
    assert read(tar(("web/Chart.yaml", b""), type=kind, linkname="/etc/passwd")) == {}


def test_a_bomb_is_left_before_it_fills_the_memory() -> None:
    with pytest.raises(ArchiveError, match="larger than a chart can be"):
        read(tar(("web/x", bytes(129 * 1024 * 1024))))


def test_a_file_that_claims_to_be_larger_than_it_is_ends_in_an_error() -> None:
    member = tarfile.TarInfo("web/x")
    for size in (200 * 1024 * 1024, 8**11 - 1, 8**20, -5):
        member.size = size
        with pytest.raises(ArchiveError):
            read(gzip.compress(member.tobuf(tarfile.GNU_FORMAT) + b"x" * 1024))


def test_a_sparse_file_that_stands_for_gigabytes_is_refused() -> None:
    member = tarfile.TarInfo("web/x")
    member.type = tarfile.GNUTYPE_SPARSE
    head = bytearray(member.tobuf(tarfile.GNU_FORMAT))
    head[386:410] = b"00000000000\0" * 2
    head[483:495] = tarfile.itn(2**33, 12, tarfile.GNU_FORMAT)  # type: ignore[attr-defined]  # not in the stubs
    head[148:156] = b" " * 8
    head[148:156] = b"%06o\0 " % sum(head)
    with pytest.raises(ArchiveError, match="no true size"):
        read(gzip.compress(head + bytes(1024)))


def test_an_archive_cannot_have_files_without_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archives, "_MOST_MEMBERS", 3)
    assert len(read(tar(*((f"web/{n}", b"") for n in range(3))))) == 3
    with pytest.raises(ArchiveError, match="more files than a chart can have"):
        read(tar(*((f"web/{n}", b"") for n in range(4))))


def test_headers_that_follow_each_other_without_end_are_left() -> None:
    long_name = tarfile.TarInfo("././@LongLink")
    long_name.type, long_name.size = tarfile.GNUTYPE_LONGNAME, 1
    with pytest.raises(ArchiveError):
        read(gzip.compress((long_name.tobuf() + bytes(512)) * 5000))


def test_archives_in_archives_share_their_room(tmp_path: Path) -> None:
    inner = tar(("db/templates/a.yaml", b"type: LoadBalancer\n"))
    for _ in range(20):
        inner = tar(("db/charts/db.tgz", inner))
    (tmp_path / "deep.tgz").write_bytes(inner)
    assert not ask_for_a_load_balancer(tmp_path / "deep.tgz", {})

    bomb = tar(("db/templates/a.yaml", b" " * 40 * 1024 * 1024))
    many = [(f"web/charts/{n}.tgz", bomb) for n in range(100)]
    last = ("web/templates/z.yaml", b"type: LoadBalancer\n")
    (tmp_path / "wide.tgz").write_bytes(tar(*many, last))
    began = time.process_time()
    assert not ask_for_a_load_balancer(tmp_path / "wide.tgz", {})
    assert time.process_time() - began < 20


def test_a_chart_file_that_is_there_twice_is_not_believed(tmp_path: Path) -> None:
    for second in ("web/Chart.yaml", "other/Chart.yaml", "web\\Chart.yaml", "web/x/../Chart.yaml"):
        (tmp_path / "web.tgz").write_bytes(tar(("web/Chart.yaml", CHART), (second, CHART + b"#")))
        with pytest.raises(ValidationError, match=r"Chart\.yaml twice"):
            read_metadata(tmp_path / "web.tgz")


def test_a_chart_file_cannot_be_huge(tmp_path: Path) -> None:
    (tmp_path / "web.tgz").write_bytes(tar(("web/Chart.yaml", CHART + b"#" * 1024 * 1024)))
    with pytest.raises(ValidationError, match="larger than it can be"):
        read_metadata(tmp_path / "web.tgz")


def test_a_large_archive_is_read_and_not_remembered(tmp_path: Path) -> None:
    content = ("web/x", os.urandom(5 * 1024 * 1024))
    (tmp_path / "web.tgz").write_bytes(
        tar(("web/Chart.yaml", CHART), content, ("web/values.yaml", b"type: LoadBalancer"))
    )
    assert read_metadata(tmp_path / "web.tgz").name == "web"
    assert ask_for_a_load_balancer(tmp_path / "web.tgz", {})


@pytest.mark.parametrize("name", ["..", "../../x", "/etc/x", "a/b", "'a\\b'", '"a\\0"', "."])
def test_a_chart_does_not_choose_where_it_is_copied(tmp_path: Path, name: str) -> None:
    (tmp_path / "Chart.yaml").write_text(f"name: {name}\nversion: 1.0.0\n")
    with pytest.raises(ValidationError, match=r"is no name of a folder|cannot be read"):
        read_metadata(tmp_path)


def test_a_packed_chart_names_no_files_of_this_machine(tmp_path: Path) -> None:
    named = (
        CHART
        + b"dependencies: [{name: a, repository: 'file:///etc'}, {name: b, repository: 'file://../x'}]\n"
    )
    (tmp_path / "web.tgz").write_bytes(tar(("web/Chart.yaml", named)))
    assert local_dependencies(tmp_path / "web.tgz") == {}


class TestLinksInAFolder:
    @pytest.fixture
    def chart(self, tmp_path: Path) -> Path:
        chart = tmp_path / "web"
        (chart / "templates").mkdir(parents=True)
        (chart / "Chart.yaml").write_bytes(CHART)
        return chart

    def test_are_followed(self, chart: Path) -> None:
        before = content_digest(chart)
        (chart.parent / "shared").mkdir()
        (chart / "templates" / "shared").symlink_to(chart.parent / "shared")
        (chart.parent / "shared" / "a.yaml").write_text("a: 1")
        assert content_digest(chart) != before

    @pytest.mark.parametrize("target", [".", "..", "../..", "../templates"])
    def test_that_lead_to_a_folder_around_them_are_refused(self, chart: Path, target: str) -> None:
        (chart / "templates" / "again").symlink_to(target)
        (chart / "Chart.yaml").write_bytes(CHART + b"dependencies: [{name: db, repository: ''}]\n")
        with pytest.raises(ValidationError, match="leads to a folder that it is in"):
            content_digest(chart)
        with pytest.raises(ValidationError, match="leads to a folder that it is in"):
            with_dependencies(chart, None)  # type: ignore[arg-type]  # nothing is fetched

    def test_that_lead_to_each_other_are_refused(self, chart: Path) -> None:
        for one, other in (("a", "b"), ("b", "a")):
            (chart / one).mkdir()
            (chart / one / "x").symlink_to(f"../{other}")
        with pytest.raises(ValidationError, match="leads to a folder that it is in"):
            content_digest(chart)

    def test_a_chart_with_something_that_is_no_file_cannot_be_copied(self, chart: Path) -> None:
        (chart / "Chart.yaml").write_bytes(CHART + b"dependencies: [{name: db, repository: ''}]\n")
        os.mkfifo(chart / "pipe")
        with pytest.raises(ValidationError, match="cannot be copied"):
            with_dependencies(chart, None)  # type: ignore[arg-type]  # nothing is fetched


def test_what_helm_has_fetched_is_packed_anew_within_bounds() -> None:
    archive = packed("web", "1.0.0")
    assert read(reproducible.archive(archive)) == read(archive)
    bomb = tar(("web/x", bytes(129 * 1024 * 1024)))
    assert reproducible.archive(bomb) == bomb
