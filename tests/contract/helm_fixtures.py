"""What the engine tests stand on: the engines, a namespace of one's own, a chart that does as it is told."""

import json
import os
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from helm_rollback_component.core.cancellation import Cancellation
from helm_rollback_component.helm.engines.cli import CliEngine
from helm_rollback_component.helm.engines.embedded import EmbeddedEngine
from helm_rollback_component.helm.engines.engine import Deployment, Engine, EngineError, Options, Target
from tests.support.namespaces import cluster_of, fresh_namespace
from tests.support.objects import Objects, record_of
from tests.support.waiting import await_that
from tools.ground import Ground

ENGINES = ("helm3", "helm4", "embedded")

ENDLESS = {"play": "succeed", "after": "1h"}
"""What the chart's hook plays to run until `end_hook`."""

DEPLOYMENT = """\
apiVersion: apps/v1
kind: Deployment
metadata:
  name: {{ .Release.Name }}
spec:
  replicas: {{ .Values.replicas }}
  {{- with .Values.strategy }}
  strategy: {{ toJson . }}
  {{- end }}
  selector:
    matchLabels: {app: {{ .Release.Name }}}
  template:
    metadata:
      labels: {app: {{ .Release.Name }}, ground/play: {{ .Values.play }}}
      annotations: {ground/after: {{ .Values.after | quote }}, tag: {{ .Values.tag | quote }}}
    spec:
      containers:
      - {name: {{ .Values.container | default "main" }}, image: "registry.example/web:{{ .Values.tag }}"}
      {{- with .Values.sidecar }}
      - {name: {{ . }}, image: registry.example/sidecar}
      {{- end }}
"""
_CONFIG = """\
apiVersion: v1
kind: ConfigMap
metadata:
  name: {{ .Release.Name }}
data:
  values: {{ omit .Values "global" | toJson | quote }}
  whole: {{ .Values.whole | toString | quote }}
"""
_EXTRA = """\
{{- with .Values.extra }}
apiVersion: v1
kind: ConfigMap
metadata: {name: {{ . }}}
{{- end }}
"""
_HOOK = """\
{{- with .Values.hook }}
apiVersion: batch/v1
kind: Job
metadata:
  name: {{ $.Release.Name }}-hook
  annotations: {helm.sh/hook: {{ .on }}, helm.sh/hook-delete-policy: before-hook-creation}
spec:
  backoffLimit: 0
  template:
    metadata:
      labels: {ground/play: {{ .play }}}
      annotations: {ground/after: {{ .after | default "0s" | quote }}}
    spec:
      restartPolicy: Never
      containers: [{name: main, image: registry.example/hook}]
{{- end }}
"""
_JOB = """\
{{- with .Values.job }}
apiVersion: batch/v1
kind: Job
metadata:
  name: {{ $.Release.Name }}-job
spec:
  template:
    metadata:
      labels: {ground/play: succeed}
      annotations: {ground/after: {{ . | quote }}}
    spec:
      restartPolicy: Never
      containers: [{name: main, image: registry.example/job}]
{{- end }}
"""
_TEST = """\
apiVersion: v1
kind: Pod
metadata:
  name: {{ .Release.Name }}-smoke
  labels: {ground/play: {{ .Values.test }}}
  annotations: {helm.sh/hook: test, helm.sh/hook-delete-policy: before-hook-creation}
spec:
  restartPolicy: Never
  containers: [{name: main, image: registry.example/test}]
"""
VALUES = """\
replicas: 1
play: ready
after: 0s
tag: "1"
test: succeed
kept: from the chart
dropped: from the chart
"""


def write_chart(folder: Path, files: Mapping[str, str] | None = None) -> Path:
    """Write the chart that all tests share, with more `files` in it, and return its folder."""
    content = {
        "Chart.yaml": "apiVersion: v2\nname: web\nversion: 1.0.0\nappVersion: '1.0'\n",
        "values.yaml": VALUES,
        "templates/deployment.yaml": DEPLOYMENT,
        "templates/config.yaml": _CONFIG,
        "templates/extra.yaml": _EXTRA,
        "templates/hook.yaml": _HOOK,
        "templates/job.yaml": _JOB,
        "templates/test.yaml": _TEST,
        **(files or {}),
    }
    chart = folder / "web"
    for name, text in content.items():
        path = chart / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return chart


def engine_named(name: str, ground: Ground) -> Engine:
    """Return a new engine of one of `ENGINES`."""
    if name == "embedded":
        return EmbeddedEngine()
    return CliEngine(Path(helm_input(name, ground)).absolute())


def helm_input(name: str, ground: Ground) -> str:
    """Return what the input `helm` has for one of `ENGINES`."""
    return name if name == "embedded" else str(ground.helm(int(name[-1])))


@dataclass(frozen=True)
class Space:
    """A namespace and what a test does in it."""

    ground: Ground
    engine: Engine
    chart: Path
    namespace: str

    def target(self, release: str = "web") -> Target:
        validates_fields = cluster_of(self.ground).validates_fields()
        kubeconfig = self.ground.kubeconfig.read_text()
        return Target(release, self.namespace, kubeconfig, validates_fields=validates_fields)

    def deployment(
        self, values: Mapping[str, Any] | None = None, *, timeout: int = 60, options: Options | None = None
    ) -> Deployment:
        return Deployment(self.chart, values or {}, timeout, options or Options())

    def install(self, values: Mapping[str, Any] | None = None, **how: Any) -> None:
        self.engine.install(self.target(), self.deployment(values, **how), Cancellation())

    def upgrade(self, values: Mapping[str, Any] | None = None, **how: Any) -> None:
        self.engine.upgrade(self.target(), self.deployment(values, **how), Cancellation())

    def kubectl(self, *arguments: str, stdin: str = "") -> str:
        done = subprocess.run(
            [self.ground.kubectl, f"--namespace={self.namespace}", *arguments],
            env={**os.environ, "KUBECONFIG": str(self.ground.kubeconfig)},
            input=stdin,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    @property
    def objects(self) -> Objects:
        return Objects(self.ground, self.namespace)

    def get(self, kind: str, name: str) -> dict[str, Any] | None:
        return self.objects.get(kind, name)

    def values(self, release: str = "web") -> dict[str, Any]:
        """Return the values that the chart's templates saw."""
        config = self.get("configmap", release)
        assert config is not None
        seen: dict[str, Any] = json.loads(config["data"]["values"])
        return seen

    def statuses(self, release: str = "web") -> list[str]:
        """Return Helm's word for each revision, oldest first."""
        return [record["info"]["status"] for record in self.records(release)]

    def records(self, release: str = "web") -> list[dict[str, Any]]:
        """Return Helm's records, oldest first, each with its Secret's labels."""
        secrets = self.objects.list("secret", f"owner=helm,name={release}")
        records = [{**record_of(secret), "labels": secret["metadata"]["labels"]} for secret in secrets]
        return sorted(records, key=lambda record: int(record["version"]))


@contextmanager
def space_of(ground: Ground, engine: Engine, chart: Path) -> Iterator[Space]:
    """Give a namespace of one's own, deleted afterwards."""
    with fresh_namespace(ground) as namespace:
        yield Space(ground, engine, chart, namespace)


def end_hook(space: Space) -> None:
    """Have the chart's hook, which is `ENDLESS`, succeed as soon as it runs."""
    hook = ("pod", "--selector=job-name=web-hook")
    await_that(lambda: space.kubectl("get", *hook, "--output=name"), "the hook's pod")
    space.kubectl("annotate", *hook, "ground/after=0s", "--overwrite")


def failure_of(space: Space, values: Mapping[str, Any], **how: Any) -> EngineError:
    """Upgrade to `values`, which must fail, and return the failure."""
    try:
        space.upgrade(values, **how)
    except EngineError as error:
        return error
    raise AssertionError("the upgrade did not fail")
