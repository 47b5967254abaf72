"""What is built, from which pinned modules, and the key under which the binaries are cached."""

import hashlib
import platform
import re
from dataclasses import dataclass
from pathlib import Path

MODULE_DIR = Path(__file__).with_name("go")


@dataclass(frozen=True)
class Program:
    """A Go program: the name it is installed under and its package."""

    name: str
    package: str


PROGRAMS = (
    Program("etcd", "go.etcd.io/etcd/server/v3"),
    Program("kube-apiserver", "k8s.io/kubernetes/cmd/kube-apiserver"),
    Program("kube-controller-manager", "k8s.io/kubernetes/cmd/kube-controller-manager"),
    Program("kube-scheduler", "k8s.io/kubernetes/cmd/kube-scheduler"),
    Program("kwok", "sigs.k8s.io/kwok/cmd/kwok"),
    Program("kubectl", "k8s.io/kubernetes/cmd/kubectl"),
    Program("helm3", "helm.sh/helm/v3/cmd/helm"),
    Program("helm4", "helm.sh/helm/v4/cmd/helm"),
)


def module_version(module: str) -> str:
    """Return the version of ``module`` that go.mod requires."""
    text = (MODULE_DIR / "go.mod").read_text()
    found = re.search(rf"^\s*{re.escape(module)} (v\S+)", text, re.MULTILINE)
    if found is None:
        raise LookupError(module)
    return found[1]


def go_version() -> tuple[int, int]:
    """Return the least Go version that go.mod asks for."""
    found = re.search(r"^go (\d+)\.(\d+)", (MODULE_DIR / "go.mod").read_text(), re.MULTILINE)
    if found is None:
        raise LookupError("go")
    return int(found[1]), int(found[2])


def linker_flags() -> str:
    """Return the -ldflags: stripped programs that know their versions."""
    kubernetes = module_version("k8s.io/kubernetes")
    major, minor, _ = kubernetes.removeprefix("v").split(".", 2)
    variables = {
        "k8s.io/component-base/version.gitVersion": kubernetes,
        "k8s.io/component-base/version.gitMajor": major,
        "k8s.io/component-base/version.gitMinor": minor,
        "helm.sh/helm/v3/internal/version.version": module_version("helm.sh/helm/v3"),
        "helm.sh/helm/v4/internal/version.version": module_version("helm.sh/helm/v4"),
    }
    return " ".join(["-s", "-w", *(f"-X {name}={value}" for name, value in variables.items())])


def key() -> str:
    """Return the digest of everything that decides what the binaries are."""
    digest = hashlib.sha256()
    for name in ("go.mod", "go.sum"):
        digest.update((MODULE_DIR / name).read_bytes())
    wanted = [linker_flags(), *map(str, PROGRAMS), platform.system(), platform.machine()]
    digest.update("\0".join(wanted).encode())
    return digest.hexdigest()[:16]
