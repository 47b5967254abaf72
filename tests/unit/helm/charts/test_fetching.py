"""Getting charts from everywhere, with a repository on loopback."""

import hashlib
import shutil
from pathlib import Path

import pytest

from helm_rollback_component.config import SourceConfig
from helm_rollback_component.errors import OperationError, ValidationError
from helm_rollback_component.helm.charts import repositories, reproducible
from helm_rollback_component.helm.charts.fetching import fetch
from helm_rollback_component.helm.charts.repository_index import Listed
from helm_rollback_component.helm.engines.engine import EngineError
from tests.support.chart_caches import ChartCaches
from tests.support.packages import packed
from tests.support.repository import Repository


class _Tools:
    """Chart tools that note what is asked and do what the test says."""

    def __init__(self) -> None:
        self.pulled: list[SourceConfig] = []
        self.verified: list[tuple[str, bytes, str | None]] = []
        self.built: list[bool] = []
        self.failure = ""
        self.archives = [packed("web", "1.0.0")]

    def pull(self, source: SourceConfig, folder: Path) -> None:
        self.pulled.append(source)
        self._fail()
        for number, archive in enumerate(self.archives):
            (folder / f"{number}.tgz").write_bytes(archive)

    def verify(self, archive: Path, keyring: str | None) -> None:
        signature = archive.with_name(f"{archive.name}.prov")
        self.verified.append((archive.name, signature.read_bytes(), keyring))
        self._fail()

    def build_dependencies(self, chart: Path, *, locked: bool) -> None:
        self.built.append(locked)
        self._fail()
        (chart / "charts").mkdir()
        (chart / "charts" / "db-1.0.0.tgz").write_bytes(self.archives[0])

    def _fail(self) -> None:
        failure, self.failure = self.failure, ""
        if failure:
            raise EngineError(failure)


@pytest.fixture(autouse=True)
def pauses(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """How long was waited between attempts, in seconds; nobody waits for real."""
    waited: list[float] = []
    monkeypatch.setattr("helm_rollback_component.helm.charts.retrying.sleep", waited.append)
    return waited


@pytest.fixture
def tools() -> _Tools:
    return _Tools()


@pytest.fixture
def chart(tmp_path: Path) -> Path:
    chart = tmp_path / "web"
    chart.mkdir()
    (chart / "Chart.yaml").write_text(
        "name: web\nversion: 1.2.3\nappVersion: '7'\ndependencies: [{name: db, version: 1.x.x}]\n"
    )
    return chart


def _listed(repository: Repository, **more: str) -> SourceConfig:
    fields = {"chart": "web", "version": "1.0.0", **more}
    return SourceConfig.model_validate({"repository": repository.url, **fields})


def test_a_folder_is_taken_as_it_is(tools: _Tools, chart: Path) -> None:
    local = fetch(SourceConfig(chart=str(chart)), tools)

    assert (local.path, local.name, local.version) == (chart, "web", "1.2.3")


def test_a_relative_path_becomes_absolute(
    tools: _Tools, chart: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(chart.parent)

    assert fetch(SourceConfig(chart="./web"), tools).path == chart


def test_a_folder_that_is_not_there(tools: _Tools, tmp_path: Path) -> None:
    with pytest.raises(ValidationError) as caught:
        fetch(SourceConfig(chart=str(tmp_path / "nowhere")), tools)

    assert caught.value.problems[0].path == "source.chart"


def test_a_local_archive_is_verified(tools: _Tools, tmp_path: Path) -> None:
    archive = tmp_path / "web.tgz"
    archive.write_bytes(packed("web", "1.0.0"))
    archive.with_name("web.tgz.prov").write_bytes(b"signature")

    fetch(SourceConfig(chart=str(archive), verify=True, keyring="ring"), tools)

    assert tools.verified == [("web.tgz", b"signature", "ring")]


def test_a_folder_has_no_signature(tools: _Tools, chart: Path) -> None:
    with pytest.raises(ValidationError, match="a folder has no signature"):
        fetch(SourceConfig(chart=str(chart), verify=True), tools)


def test_dependencies_go_into_a_copy(tools: _Tools, chart: Path, cache: Path) -> None:
    local = fetch(SourceConfig(chart=str(chart), dependency_update=True), tools)

    assert (local.path / "charts" / "db-1.0.0.tgz").read_bytes() == reproducible.archive(tools.archives[0])
    assert local.path.is_relative_to(cache)
    assert not (chart / "charts").exists()
    assert tools.built == [False]


def test_dependencies_are_those_of_the_lock(tools: _Tools, chart: Path) -> None:
    (chart / "Chart.lock").write_text("dependencies: []")

    fetch(SourceConfig(chart=str(chart), dependency_update=True), tools)

    assert tools.built == [True]


def test_a_lock_that_does_not_fit_is_made_anew(tools: _Tools, chart: Path) -> None:
    (chart / "Chart.lock").write_text("dependencies: []")
    tools.failure = "Error: the lock file (Chart.lock) is out of sync with the dependencies file (Chart.yaml)"

    fetch(SourceConfig(chart=str(chart), dependency_update=True), tools)

    assert tools.built == [True, False]


def test_dependencies_that_cannot_be_had(tools: _Tools, chart: Path) -> None:
    tools.failure = "Error: could not reach: dial tcp 127.0.0.1:1: connect: connection refused"

    with pytest.raises(OperationError, match="cannot be fetched: could not reach") as caught:
        fetch(SourceConfig(chart=str(chart), dependency_update=True), tools)

    assert (caught.value.reason, caught.value.temporary) == ("Unreachable", True)


def test_a_chart_without_dependencies_needs_no_copy(tools: _Tools, chart: Path) -> None:
    (chart / "Chart.yaml").write_text("name: web\nversion: 1.2.3\n")

    assert fetch(SourceConfig(chart=str(chart), dependency_update=True), tools).path == chart
    assert tools.built == []


def test_a_chart_of_a_repository(tools: _Tools, cache: Path) -> None:
    archive = packed("web", "1.0.0")
    with Repository() as repository:
        repository.add("web", "1.0.0", archive)

        local = fetch(_listed(repository), tools)

    assert local.path == cache / f"{hashlib.sha256(archive).hexdigest()}.tgz"
    assert (local.name, local.version) == ("web", "1.0.0")


def test_a_chart_is_asked_for_once(tools: _Tools) -> None:
    with Repository() as repository:
        repository.add("web", "1.0.0", packed("web", "1.0.0"))
        repository.add("db", "1.0.0", packed("db", "1.0.0"))

        for _ in range(3):
            fetch(_listed(repository), tools)
        fetch(_listed(repository, chart="db"), tools)

        assert [request.path for request in repository.requests] == [
            *("/charts/index.yaml", "/charts/web-1.0.0.tgz", "/charts/db-1.0.0.tgz")
        ]


def test_an_archive_that_is_kept_is_not_downloaded_again(tools: _Tools, remembered: ChartCaches) -> None:
    with Repository() as repository:
        repository.add("web", "1.0.0", packed("web", "1.0.0"))
        fetch(_listed(repository), tools)
        remembered.expire()

        fetch(_listed(repository), tools)

        assert [request.path for request in repository.requests].count("/charts/web-1.0.0.tgz") == 1


def test_a_version_that_is_published_again_is_found(tools: _Tools, remembered: ChartCaches) -> None:
    with Repository() as repository:
        repository.add("web", "1.0.0", packed("web", "1.0.0", app_version="before"))
        fetch(_listed(repository), tools)
        remembered.expire()

        after = packed("web", "1.0.0", app_version="after")
        repository.add("web", "1.0.0", after)

        assert fetch(_listed(repository), tools).path.read_bytes() == after


def test_an_index_without_digests(tools: _Tools) -> None:
    with Repository() as repository:
        repository.add("web", "1.0.0", packed("web", "1.0.0"), digest="")

        assert fetch(_listed(repository), tools).version == "1.0.0"


def test_an_archive_that_is_not_what_the_index_says(tools: _Tools) -> None:
    with Repository() as repository:
        repository.add("web", "1.0.0", packed("web", "1.0.0"), digest="00" * 32)

        with pytest.raises(
            OperationError, match="is not the one that its repository's index describes"
        ) as caught:
            fetch(_listed(repository), tools)

    assert caught.value.reason == "ChartCorrupt"


def test_a_chart_that_is_not_listed(tools: _Tools) -> None:
    missing = pytest.raises(OperationError, match=r"has no version 1.0.0 of chart web")
    with Repository() as repository, missing as caught:
        fetch(_listed(repository), tools)

    assert caught.value.reason == "ChartNotFound"


def test_an_archive_that_is_listed_and_not_there(tools: _Tools) -> None:
    with Repository() as repository:
        repository.add("web", "1.0.0", b"", url="gone.tgz")

        with pytest.raises(OperationError, match="does not exist") as caught:
            fetch(_listed(repository), tools)

    assert caught.value.reason == "ChartNotFound"


def test_credentials_go_to_the_repository(tools: _Tools) -> None:
    with Repository(username="reader", password="s3cret") as repository:
        repository.add("web", "1.0.0", packed("web", "1.0.0"))

        fetch(_listed(repository, username="reader", password="s3cret"), tools)

        with pytest.raises(OperationError, match="refuses the credentials") as caught:
            fetch(_listed(repository, username="reader", password="wrong"), tools)
    assert caught.value.reason == "RegistryUnauthorized"
    assert "wrong" not in str(caught.value)


def test_credentials_may_be_in_the_url(tools: _Tools) -> None:
    with Repository(username="reader", password="s3cret") as repository:
        repository.add("web", "1.0.0", packed("web", "1.0.0"))
        url = repository.url.replace("http://", "http://reader:s3cret@")

        assert fetch(SourceConfig(chart="web", repository=url, version="1.0.0"), tools).version == "1.0.0"

        with pytest.raises(OperationError) as caught:
            fetch(SourceConfig(chart="web", repository=url, version="2.0.0"), tools)
    assert "s3cret" not in str(caught.value)


def test_credentials_go_to_nobody_else(tools: _Tools) -> None:
    with Repository(username="reader", password="s3cret") as repository, Repository() as elsewhere:
        elsewhere.add("web", "1.0.0", packed("web", "1.0.0"))
        repository.add("web", "1.0.0", packed("web", "1.0.0"), url=f"{elsewhere.url}/web-1.0.0.tgz")

        fetch(_listed(repository, username="reader", password="s3cret"), tools)

        assert [request.authorization for request in elsewhere.requests] == [""]


@pytest.mark.parametrize(
    ("status", "reason"),
    [(503, "RepositoryUnavailable"), (429, "RepositoryUnavailable"), (418, "RepositoryInvalid")],
)
def test_a_repository_in_trouble(tools: _Tools, status: int, reason: str) -> None:
    with Repository() as repository:
        repository.status = status

        with pytest.raises(OperationError, match=f"answers with HTTP {status}") as caught:
            fetch(_listed(repository), tools)

    assert (caught.value.reason, caught.value.temporary) == (reason, reason == "RepositoryUnavailable")


def test_certificates_that_cannot_be_read(tools: _Tools, tmp_path: Path) -> None:
    missing = str(tmp_path / "nowhere.pem")
    for given in ({"ca_file": missing}, {"cert_file": missing, "insecure_skip_tls_verify": True}):
        source = {"chart": "web", "repository": "https://127.0.0.1:1", "version": "1.0.0", **given}

        with pytest.raises(OperationError, match="No such file or directory"):
            fetch(SourceConfig.model_validate(source), tools)


def test_a_certificate_may_be_left_unchecked(tools: _Tools) -> None:
    source = {"chart": "web", "repository": "https://127.0.0.1:1", "version": "1.0.0"}

    with pytest.raises(OperationError, match="Connection refused"):
        fetch(SourceConfig.model_validate({**source, "insecure_skip_tls_verify": True}), tools)


def test_nobody_answers(tools: _Tools) -> None:
    source = SourceConfig(chart="web", repository="http://127.0.0.1:1/charts", version="1.0.0")

    with pytest.raises(OperationError, match="cannot be reached") as caught:
        fetch(source, tools)

    assert (caught.value.reason, caught.value.temporary) == ("Unreachable", True)


def test_a_listed_chart_is_verified(tools: _Tools, cache: Path) -> None:
    with Repository() as repository:
        repository.add("web", "1.0.0", packed("web", "1.0.0"))
        repository.files["web-1.0.0.tgz.prov"] = b"signature"
        source = _listed(repository).model_copy(update={"verify": True, "keyring": "ring"})

        fetch(source, tools)

    assert tools.verified == [("web-1.0.0.tgz", b"signature", "ring")]
    assert len(list(cache.iterdir())) == 1


def test_a_chart_that_does_not_verify_is_not_kept(tools: _Tools, cache: Path) -> None:
    tools.failure = "Error: openpgp: signature made by unknown entity"
    with Repository() as repository:
        repository.add("web", "1.0.0", packed("web", "1.0.0"))
        repository.files["web-1.0.0.tgz.prov"] = b"signature"

        with pytest.raises(OperationError, match="signature made by unknown entity"):
            fetch(_listed(repository).model_copy(update={"verify": True}), tools)

    assert list(cache.iterdir()) == []


def test_a_chart_of_a_registry(tools: _Tools, cache: Path) -> None:
    source = SourceConfig(chart="oci://registry.example/charts/web", version="1.0.0")

    local = fetch(source, tools)
    fetch(source, tools)

    assert local.version == "1.0.0"
    assert tools.pulled == [source]
    assert list(cache.iterdir()) == [local.path]


def test_an_index_may_point_to_a_registry(tools: _Tools) -> None:
    with Repository(username="reader", password="s3cret") as repository:
        repository.add("web", "1.0.0", b"", url="oci://registry.example:5000/charts/web:1.0.0_build")

        fetch(_listed(repository, username="reader", password="s3cret"), tools)

    pulled = tools.pulled[0]
    assert (pulled.chart, pulled.version) == ("oci://registry.example:5000/charts/web", "1.0.0+build")
    assert (pulled.repository, pulled.username, pulled.password) == (None, None, None)


def test_a_registry_that_refuses(tools: _Tools) -> None:
    tools.failure = (
        'Error: failed to perform "FetchReference" on source: GET "…": response status code 401: Unauthorized'
    )

    with pytest.raises(OperationError) as caught:
        fetch(SourceConfig(chart="oci://registry.example/charts/web", version="1.0.0"), tools)

    assert caught.value.reason == "RegistryUnauthorized"


def test_a_registry_that_is_busy_is_asked_again(tools: _Tools, pauses: list[float]) -> None:
    tools.failure = "Error: dial tcp 127.0.0.1:1: connect: connection refused"

    assert (
        fetch(SourceConfig(chart="oci://registry.example/charts/web", version="1.0.0"), tools).name == "web"
    )
    assert pauses == [0.5]


def test_a_pull_that_runs_out_of_memory(tools: _Tools) -> None:
    tools.failure = "fatal error: runtime: out of memory"

    with pytest.raises(OperationError, match="larger than a chart can be") as caught:
        fetch(SourceConfig(chart="oci://registry.example/charts/web", version="1.0.0"), tools)

    assert caught.value.reason == "ChartCorrupt"


def test_a_pull_of_something_huge(tools: _Tools, monkeypatch: pytest.MonkeyPatch, cache: Path) -> None:
    monkeypatch.setattr(repositories, "LARGEST_ARCHIVE", 10)

    with pytest.raises(OperationError, match="larger than a chart can be") as caught:
        fetch(SourceConfig(chart="oci://registry.example/charts/web", version="1.0.0"), tools)

    assert caught.value.reason == "ChartCorrupt"
    assert list(cache.iterdir()) == []


@pytest.mark.parametrize("digest", ["../" * 9 + "etc/web", "sha256:xyz", "\0", "9" * 5000])
def test_a_digest_that_is_none_leads_nowhere(tools: _Tools, digest: str) -> None:
    with Repository() as repository:
        repository.add("web", "1.0.0", packed("web", "1.0.0"), digest=digest)

        with pytest.raises(OperationError, match="is not the one that its repository's index describes"):
            fetch(_listed(repository), tools)


@pytest.mark.parametrize(
    "url",
    [
        *(
            "http://[bad/web.tgz",
            "http://127.0.0.1:99999999/web.tgz",
            "http://a:x/web.tgz",
            "http:///web.tgz",
        ),
        *("file:///etc/passwd", "javascript:alert(1)", "http://127.0.0.1:0/web.tgz", "data:,x"),
    ],
)
def test_an_index_that_leads_to_no_address(tools: _Tools, url: str) -> None:
    with Repository() as repository:
        repository.add("web", "1.0.0", b"", url=url)

        with pytest.raises(OperationError) as caught:
            fetch(_listed(repository), tools)

    assert caught.value.reason == "RepositoryInvalid"


@pytest.mark.parametrize("name", ["..", "%2e%2e", "a%2F..%2F..%2Fweb.tgz/..", "-%00.tgz", "a%5Cb.tgz", ""])
def test_the_file_to_verify_has_no_name_of_the_indexs_choosing(tools: _Tools, name: str) -> None:
    with Repository() as repository:
        repository.add("web", "1.0.0", packed("web", "1.0.0"), url=f"x/{name}")
        repository.content = lambda path: (  # type: ignore[method-assign]  # it answers to any path
            Repository.content(repository, path) if path.endswith(".yaml") else packed("web", "1.0.0")
        )
        source = _listed(repository).model_copy(update={"verify": True})

        with pytest.raises(OperationError) as caught:
            fetch(source, tools)

    assert caught.value.reason in {"RepositoryInvalid", "ChartCorrupt"}
    assert tools.verified == []


def test_a_pull_that_leaves_nothing(tools: _Tools) -> None:
    tools.archives = []

    with pytest.raises(OperationError, match="did not fetch an archive"):
        fetch(SourceConfig(chart="oci://registry.example/charts/web", version="1.0.0"), tools)


def test_another_spelling_of_a_version_will_do() -> None:
    listed = [Listed("v1.0.0", "a", ""), Listed("1.0.0", "b", "")]

    assert repositories.pick(listed, "1.0.0") == listed[1]
    assert repositories.pick(listed[:1], "1.0.0") == listed[0]
    assert repositories.pick(listed, "1.0.1") is None


@pytest.mark.parametrize(
    ("repository", "url", "absolute"),
    [
        ("https://a.example/charts", "web.tgz", "https://a.example/charts/web.tgz"),
        ("https://a.example/charts/", "../web.tgz", "https://a.example/web.tgz"),
        ("https://a.example/charts", "/web.tgz", "https://a.example/web.tgz"),
        ("https://a.example/charts", "https://b.example/web.tgz", "https://b.example/web.tgz"),
        ("https://a.example/charts?token=x", "web.tgz", "https://a.example/charts/web.tgz?token=x"),
        ("https://a.example/charts?token=x", "https://b.example/web.tgz", "https://b.example/web.tgz"),
    ],
)
def test_where_an_archive_is(repository: str, url: str, absolute: str) -> None:
    assert repositories.archive_url(repository, url) == absolute


def test_where_an_index_is() -> None:
    assert repositories.index_url("https://a.example/charts/?token=x") == (
        "https://a.example/charts/index.yaml?token=x"
    )


def test_the_cache_can_go_at_any_time(tools: _Tools, cache: Path) -> None:
    source = SourceConfig(chart="oci://registry.example/charts/web", version="1.0.0")
    fetch(source, tools)
    shutil.rmtree(cache)

    assert fetch(source, tools).version == "1.0.0"
