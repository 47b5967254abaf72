"""Charts from registries, repositories and signatures, with every engine's own tools."""

import resource
import shutil
import subprocess
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from helm_rollback_component.config import SourceConfig
from helm_rollback_component.errors import OperationError, ValidationError
from helm_rollback_component.helm.charts.fetching import fetch
from helm_rollback_component.helm.engines import cli
from helm_rollback_component.helm.engines.crash import LARGEST_DOWNLOAD
from helm_rollback_component.helm.engines.embedded import EmbeddedEngine
from helm_rollback_component.helm.engines.engine import Engine
from tests.contract.helm_fixtures import ENGINES, engine_named
from tests.support.chart_caches import ChartCaches
from tests.support.packages import packed
from tests.support.registry import Registry
from tests.support.repository import Repository
from tools.ground import Ground

pytestmark = pytest.mark.ground


@pytest.fixture(scope="module", params=ENGINES)
def engine(request: pytest.FixtureRequest, ground: Ground) -> Iterator[Engine]:
    engine = engine_named(request.param, ground)
    yield engine
    if isinstance(engine, EmbeddedEngine):
        engine.close()


@pytest.fixture(autouse=True)
def remembered(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> ChartCaches:
    for name in ("XDG_CACHE_HOME", "HELM_CONFIG_HOME", "HELM_CACHE_HOME", "HELM_DATA_HOME"):
        monkeypatch.setenv(name, str(tmp_path / name))
    return ChartCaches(monkeypatch)


def _in_registry(registry: Registry, **more: str) -> SourceConfig:
    fields = {"chart": registry.reference("web"), "version": "1.0.0", "plain_http": True, **more}
    return SourceConfig.model_validate(fields)


def test_a_chart_of_a_registry(engine: Engine) -> None:
    archive = packed("web", "1.0.0")
    with Registry() as registry:
        registry.push("web", "1.0.0", archive)

        local = fetch(_in_registry(registry), engine)

    assert (local.name, local.version) == ("web", "1.0.0")
    assert local.path.read_bytes() == archive


def test_build_metadata_survives_a_tag(engine: Engine) -> None:
    with Registry() as registry:
        registry.push("web", "1.0.0+build.7", packed("web", "1.0.0+build.7"))

        assert fetch(_in_registry(registry, version="1.0.0+build.7"), engine).version == "1.0.0+build.7"


def test_a_registry_with_credentials(engine: Engine) -> None:
    with Registry(username="reader", password="pass:word") as registry:
        registry.push("web", "1.0.0", packed("web", "1.0.0"))
        source = _in_registry(registry, username="reader", password="pass:word")

        assert fetch(source, engine).version == "1.0.0"

        for wrong in ({}, {"username": "reader", "password": "wrong"}):
            with pytest.raises(OperationError) as caught:
                fetch(_in_registry(registry, **wrong), engine)
            assert caught.value.reason == "RegistryUnauthorized"


def test_a_login_goes_to_no_other_server_that_a_registry_redirects_to(engine: Engine) -> None:
    archive = packed("web", "1.0.0")
    with Registry(username="reader", password="pass:word") as registry, Registry() as other:
        registry.push("web", "1.0.0", archive)
        blob = other.keep_blob(archive)
        registry.redirects[blob] = f"http://localhost:{other.address.partition(':')[2]}"

        local = fetch(_in_registry(registry, username="reader", password="pass:word"), engine)

    assert local.path.read_bytes() == archive
    assert {asked.authorization for asked in registry.requests} > {""}
    assert {asked.authorization for asked in other.requests} == {""}


@pytest.mark.sweep
def test_thousands_of_layers_are_no_obstacle(engine: Engine) -> None:
    with Registry() as registry:
        registry.more_layers = 10_000
        registry.push("web", "1.0.0", packed("web", "1.0.0"))

        assert fetch(_in_registry(registry), engine).version == "1.0.0"


@pytest.mark.sweep
@pytest.mark.timeout(600)
def test_a_layer_without_end_takes_no_more_memory_than_a_chart_may(engine: Engine) -> None:
    archive = packed("web", "1.0.0")
    with Registry() as registry:
        layer = registry.keep_blob(archive)
        registry.sizes[layer] = 2**40
        registry.endless.add(layer)
        registry.push("web", "1.0.0", archive)

        with pytest.raises(OperationError) as caught:
            fetch(_in_registry(registry), engine)

    assert caught.value.reason == "ChartCorrupt"
    assert "larger than a chart can be" in str(caught.value)
    taken = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss * 1024  # with the program itself
    assert taken < 1.25 * LARGEST_DOWNLOAD


@pytest.mark.sweep
@pytest.mark.timeout(600)
def test_redirects_in_a_circle_come_to_an_end(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cli, "LARGEST_DOWNLOAD", 300 * 1024**2)
    if isinstance(engine, EmbeddedEngine):
        pytest.skip("the bound of the worker cannot be lowered, and the whole takes minutes")
    with Registry() as registry:
        registry.push("web", "1.0.0", packed("web", "1.0.0"))
        registry.redirects["1.0.0"] = f"http://{registry.address}"

        with pytest.raises(OperationError) as caught:
            fetch(_in_registry(registry), engine)

    assert caught.value.reason == "ChartCorrupt"
    assert "redirects without end" in str(caught.value)


def test_a_tag_that_moved_is_followed(engine: Engine, remembered: ChartCaches) -> None:
    with Registry() as registry:
        registry.push("web", "1.0.0", packed("web", "1.0.0", app_version="before"))
        fetch(_in_registry(registry), engine)
        remembered.expire()

        after = packed("web", "1.0.0", app_version="after")
        registry.push("web", "1.0.0", after)

        assert fetch(_in_registry(registry), engine).path.read_bytes() == after


def test_a_version_that_is_not_there(engine: Engine) -> None:
    with Registry() as registry:
        registry.push("web", "1.0.0", packed("web", "1.0.0"))

        with pytest.raises(OperationError) as caught:
            fetch(_in_registry(registry, version="9.0.0"), engine)

    assert caught.value.reason == "ChartNotFound"


def test_a_registry_that_speaks_plain_http_unasked(engine: Engine) -> None:
    with Registry() as registry, pytest.raises(OperationError) as caught:
        fetch(SourceConfig(chart=registry.reference("web"), version="1.0.0"), engine)

    assert (caught.value.reason, "plain_http" in caught.value.remedy) == ("UnexpectedAnswer", True)


@pytest.mark.parametrize("locked", [False, True])
def test_dependencies(engine: Engine, tmp_path: Path, locked: bool) -> None:  # noqa: FBT001
    chart = tmp_path / "web"
    chart.mkdir()
    with Repository() as repository:
        for version in ("1.0.0", "1.1.0"):
            repository.add("db", version, packed("db", version))
        needed = f"dependencies:\n- {{name: db, version: 1.x.x, repository: '{repository.url}'}}\n"
        (chart / "Chart.yaml").write_text(f"apiVersion: v2\nname: web\nversion: 1.0.0\n{needed}")
        if locked:
            engine.build_dependencies(chart, locked=False)
            shutil.rmtree(chart / "charts")
            repository.add("db", "1.2.0", packed("db", "1.2.0"))
        before = sorted(path.name for path in chart.iterdir())

        local = fetch(SourceConfig(chart=str(chart), dependency_update=True), engine)

    assert [path.name for path in (local.path / "charts").iterdir()] == ["db-1.1.0.tgz"]
    assert sorted(path.name for path in chart.iterdir()) == before


@pytest.mark.skipif(shutil.which("gpg") is None, reason="no gpg to sign with")
@pytest.mark.xdist_group("signatures")
class TestSignatures:
    @pytest.fixture(scope="class")
    @staticmethod
    def keys(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
        home = tmp_path_factory.mktemp("gnupg")
        home.chmod(0o700)
        _gpg(home, "--passphrase", "", "--quick-generate-key", "Tests <tests@example.com>", "rsa2048")
        (home / "public.gpg").write_bytes(_gpg(home, "--export"))
        (home / "secret.gpg").write_bytes(_gpg(home, "--export-secret-keys"))
        (home / "nobody.gpg").write_bytes(b"")
        other = home / "other"
        other.mkdir(mode=0o700)
        _gpg(other, "--passphrase", "", "--quick-generate-key", "Others <others@example.com>", "rsa2048")
        (home / "others.gpg").write_bytes(_gpg(other, "--export"))
        yield home
        for each in (home, other):
            stop = ["gpgconf", "--homedir", str(each), "--kill", "all"]
            subprocess.run(stop, check=True)

    @pytest.fixture
    @staticmethod
    def signed(keys: Path, helm_programs: Mapping[int, Path], tmp_path: Path) -> Path:
        chart = tmp_path / "source" / "web"
        chart.mkdir(parents=True)
        (chart / "Chart.yaml").write_text("apiVersion: v2\nname: web\nversion: 1.0.0\n")
        sign = ("--sign", "--key=Tests", f"--keyring={keys / 'secret.gpg'}", f"--destination={tmp_path}")
        subprocess.run([helm_programs[4], "package", chart, *sign], check=True, capture_output=True)
        return tmp_path / "web-1.0.0.tgz"

    def test_an_archive(self, engine: Engine, signed: Path, keys: Path) -> None:
        assert fetch(_verified(str(signed), keys / "public.gpg"), engine).path == signed

        for keyring in ("nobody.gpg", "others.gpg"):
            with pytest.raises(OperationError, match="cannot be fetched"):
                fetch(_verified(str(signed), keys / keyring), engine)
        signed.with_name("web-1.0.0.tgz.prov").unlink()
        with pytest.raises(OperationError, match="cannot be fetched"):
            fetch(_verified(str(signed), keys / "public.gpg"), engine)

    def test_an_archive_that_was_changed(self, engine: Engine, signed: Path, keys: Path) -> None:
        signed.write_bytes(packed("web", "1.0.0"))

        with pytest.raises(OperationError, match="cannot be fetched"):
            fetch(_verified(str(signed), keys / "public.gpg"), engine)

    def test_a_chart_of_a_repository(self, engine: Engine, signed: Path, keys: Path) -> None:
        with Repository() as repository:
            repository.add("web", "1.0.0", signed.read_bytes())
            repository.files["web-1.0.0.tgz.prov"] = signed.with_name("web-1.0.0.tgz.prov").read_bytes()
            remote = {"chart": "web", "repository": repository.url, "version": "1.0.0"}
            source = {**remote, "verify": True, "keyring": str(keys / "public.gpg")}

            assert fetch(SourceConfig.model_validate(source), engine).version == "1.0.0"

    @pytest.mark.parametrize("spoiled", ["no signature", "another's key", "another archive"])
    def test_a_chart_of_a_repository_that_does_not_verify(
        self, engine: Engine, signed: Path, keys: Path, spoiled: str
    ) -> None:
        archive = packed("web", "1.0.0") if spoiled == "another archive" else signed.read_bytes()
        keyring = "others.gpg" if spoiled == "another's key" else "public.gpg"
        with Repository() as repository:
            repository.add("web", "1.0.0", archive)
            if spoiled != "no signature":
                signature = signed.with_name("web-1.0.0.tgz.prov").read_bytes()
                repository.files["web-1.0.0.tgz.prov"] = signature
            remote = {"chart": "web", "repository": repository.url, "version": "1.0.0"}
            source = {**remote, "verify": True, "keyring": str(keys / keyring)}
            with pytest.raises(OperationError) as refused:
                fetch(SourceConfig.model_validate(source), engine)
        assert refused.value.message.count("\n") == 0

    @pytest.mark.parametrize("spoiled", ["no signature", "another's key"])
    def test_a_chart_of_a_registry_that_does_not_verify(
        self, engine: Engine, signed: Path, keys: Path, spoiled: str
    ) -> None:
        signature = signed.with_name("web-1.0.0.tgz.prov").read_bytes()
        keyring = "others.gpg" if spoiled == "another's key" else "public.gpg"
        with Registry() as registry:
            provenance = {} if spoiled == "no signature" else {"provenance": signature}
            registry.push("web", "1.0.0", signed.read_bytes(), **provenance)
            source = _in_registry(registry).model_copy(
                update={"verify": True, "keyring": str(keys / keyring)}
            )
            with pytest.raises((OperationError, ValidationError)):
                fetch(source, engine)

    def test_a_chart_of_a_registry(self, engine: Engine, signed: Path, keys: Path) -> None:
        signature = signed.with_name("web-1.0.0.tgz.prov").read_bytes()
        with Registry() as registry:
            registry.push("web", "1.0.0", signed.read_bytes(), provenance=signature)
            source = _in_registry(registry).model_copy(
                update={"verify": True, "keyring": str(keys / "public.gpg")}
            )

            if isinstance(engine, EmbeddedEngine):
                with pytest.raises(
                    ValidationError, match=r"source.verify: the embedded Helm does not support it"
                ):
                    fetch(source, engine)
            else:
                assert fetch(source, engine).version == "1.0.0"


def _verified(chart: str, keyring: Path) -> SourceConfig:
    return SourceConfig(chart=chart, verify=True, keyring=str(keyring))


def _gpg(home: Path, *arguments: str) -> bytes:
    command = ["gpg", "--homedir", str(home), "--batch", "--yes", "--pinentry-mode", "loopback", *arguments]
    return subprocess.run(command, check=True, capture_output=True).stdout
