"""Charts on disk."""

import tarfile
import uuid
from pathlib import Path
from unittest.mock import Mock

import pytest

from helm_rollback_component.errors import ValidationError
from helm_rollback_component.helm.charts.chart_files import (
    ChartMetadata,
    content_digest,
    local_dependencies,
    read_metadata,
)
from helm_rollback_component.inputs import go_yaml
from tests.support.packages import packed


@pytest.fixture
def chart(tmp_path: Path) -> Path:
    chart = tmp_path / "web"
    (chart / "templates").mkdir(parents=True)
    (chart / "Chart.yaml").write_text("apiVersion: v2\nname: web\nversion: 1.2.3\n")
    (chart / "templates" / "a.yaml").write_text("a: 1\n")
    return chart


def test_a_folder_says_what_it_is(chart: Path) -> None:
    assert read_metadata(chart) == ChartMetadata("web", "1.2.3")


def test_an_archive_says_what_it_is(tmp_path: Path) -> None:
    archive = tmp_path / "any.tgz"
    archive.write_bytes(packed("web", "1.2.3+build"))

    assert read_metadata(archive) == ChartMetadata("web", "1.2.3+build")


def test_dependencies_and_their_lock_are_noticed(chart: Path) -> None:
    with (chart / "Chart.yaml").open("a") as file:
        file.write("dependencies: [{name: db, version: 1.x, repository: 'https://charts.example'}]\n")
    assert read_metadata(chart).dependencies == ("https://charts.example",)
    assert not read_metadata(chart).locked

    (chart / "Chart.lock").write_text("dependencies: []\n")
    assert read_metadata(chart).locked


def test_a_point_of_no_return_is_noticed(chart: Path) -> None:
    assert not read_metadata(chart).point_of_no_return
    with (chart / "Chart.yaml").open("a") as file:
        file.write("annotations: {helm-rollback/point-of-no-return: 'true'}\n")
    assert read_metadata(chart).point_of_no_return


def test_a_chart_of_the_first_version_names_them_elsewhere(chart: Path) -> None:
    (chart / "requirements.yaml").write_text("dependencies: [{name: db, repository: 'file://../db'}]\n")
    assert read_metadata(chart).dependencies == ("file://../db",)
    assert not read_metadata(chart).locked

    (chart / "requirements.lock").write_text("dependencies: []\n")
    assert read_metadata(chart).locked


@pytest.mark.parametrize("listed", ["5", "{name: db}", "[5]", "[{repository: [a]}]"])
def test_dependencies_of_another_shape_are_none_on_this_machine(chart: Path, listed: str) -> None:
    with (chart / "Chart.yaml").open("a") as file:
        file.write(f"dependencies: {listed}\n")
    assert local_dependencies(chart) == {}


def test_dependencies_on_this_machine_are_found_from_the_chart(chart: Path) -> None:
    places = ("file://../db", "file:///srv/charts/db", "https://charts.example", "")
    listed = "".join(f"- {{name: db, repository: '{place}'}}\n" for place in places)
    with (chart / "Chart.yaml").open("a") as file:
        file.write(f"dependencies:\n{listed}")
    assert local_dependencies(chart) == {
        "../db": chart.parent / "db",
        "/srv/charts/db": Path("/srv/charts/db"),
    }


@pytest.mark.parametrize(
    ("version", "text"), [("1.10", "1.1"), ("1", "1"), ("yes", "true"), ("'1.10'", "1.10")]
)
def test_a_version_that_is_no_text_is_what_helm_makes_of_it(chart: Path, version: str, text: str) -> None:
    (chart / "Chart.yaml").write_text(f"name: web\nversion: {version}\n")
    assert read_metadata(chart).version == text


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("a: b: c", "is not YAML"),
        ("- a list", "does not contain the chart's name and version"),
        ("name: web", "does not contain the chart's name and version"),
        ("", "does not contain the chart's name and version"),
    ],
)
def test_a_chart_that_does_not_say_what_it_is(chart: Path, content: str, message: str) -> None:
    (chart / "Chart.yaml").write_text(content)

    with pytest.raises(ValidationError, match=message) as caught:
        read_metadata(chart)

    assert caught.value.problems[0].path == "source.chart"


def test_a_folder_without_a_chart(tmp_path: Path) -> None:
    with pytest.raises(
        ValidationError,
        match=r"there is no Chart.yaml in .*; set source.chart to the folder or archive of a chart",
    ):
        read_metadata(tmp_path)


def test_nothing_at_all(tmp_path: Path) -> None:
    with pytest.raises(ValidationError, match="there is no chart at") as caught:
        read_metadata(tmp_path / "nowhere")
    assert caught.value.reason == "ChartNotFound"
    with pytest.raises(ValidationError, match="there is no chart at"):
        content_digest(tmp_path / "nowhere")


def test_something_that_is_no_archive(tmp_path: Path) -> None:
    (tmp_path / "web.tgz").write_text("not an archive")

    with pytest.raises(ValidationError, match="is not a chart archive"):
        read_metadata(tmp_path / "web.tgz")


def test_an_archive_that_breaks_off(tmp_path: Path) -> None:
    (tmp_path / "web.tgz").write_bytes(packed("web", "1.0.0")[:60])

    with pytest.raises(ValidationError, match="is not a chart archive"):
        read_metadata(tmp_path / "web.tgz")


def test_a_digest_is_that_of_the_content(chart: Path) -> None:
    before = content_digest(chart)

    assert content_digest(chart) == before
    (chart / "templates" / "a.yaml").write_text("a: 2\n")
    assert content_digest(chart) != before


def test_a_digest_knows_names_from_contents(chart: Path) -> None:
    before = content_digest(chart)

    (chart / "templates" / "a.yaml").rename(chart / "templates" / "b.yaml")

    assert content_digest(chart) != before


def test_a_digest_does_not_depend_on_where_the_chart_is(chart: Path, tmp_path: Path) -> None:
    before = content_digest(chart)

    assert content_digest(chart.rename(tmp_path / "elsewhere")) == before


def test_a_link_that_leads_nowhere_is_no_content(chart: Path) -> None:
    before = content_digest(chart)

    (chart / "templates" / "gone.yaml").symlink_to("nowhere")

    assert content_digest(chart) == before


def test_the_digest_of_an_archive_is_that_of_its_bytes(tmp_path: Path) -> None:
    (tmp_path / "web.tgz").write_bytes(b"archive")

    expected = "4e1baf33aa2b0f2ee7a1f1ae7b1f3f6e2b7d9a3f"
    assert len(content_digest(tmp_path / "web.tgz")) == 64
    assert content_digest(tmp_path / "web.tgz") != expected


class TestTheSameContent:
    @pytest.fixture
    def version(self) -> str:
        """A version that no chart had before in this process."""
        return f"1.2.3+{uuid.uuid4().hex}"

    def test_of_a_folder_is_parsed_once(
        self, chart: Path, version: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        (chart / "Chart.yaml").write_text(f"name: web\nversion: {version}\n")
        parse = Mock(wraps=go_yaml.first_document)
        monkeypatch.setattr(go_yaml, "first_document", parse)
        assert read_metadata(chart) == read_metadata(chart) == ChartMetadata("web", version)
        assert [call.args for call in parse.call_args_list if call.args[0]] == [
            ((chart / "Chart.yaml").read_bytes(),)
        ]

    def test_of_an_archive_is_unpacked_once(
        self, tmp_path: Path, version: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        archive = tmp_path / "web.tgz"
        archive.write_bytes(packed("web", version))
        unpack = Mock(wraps=tarfile.open)
        monkeypatch.setattr(tarfile, "open", unpack)
        assert read_metadata(archive) == read_metadata(archive) == ChartMetadata("web", version)
        assert unpack.call_count == 1

    def test_another_one_in_its_place_is_read(self, chart: Path, version: str) -> None:
        read_metadata(chart)
        (chart / "Chart.yaml").write_text(f"name: web\nversion: {version}\n")
        assert read_metadata(chart).version == version
