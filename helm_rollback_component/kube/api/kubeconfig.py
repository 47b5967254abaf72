"""Where a kubeconfig comes from, and what it says: read as kubectl reads it, made self-contained.

Nothing here speaks to a cluster, and no message repeats what a kubeconfig holds.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from helm_rollback_component.errors import Problem, ValidationError
from helm_rollback_component.reasons import Reason

SERVICE_ACCOUNT = Path("/var/run/secrets/kubernetes.io/serviceaccount")

_Config = dict[str, Any]
_Dumper: Any = getattr(yaml, "CSafeDumper", yaml.SafeDumper)
_SECTIONS = {"clusters": "cluster", "contexts": "context", "users": "user"}
_FILES = {
    "cluster": ("certificate-authority",),
    "user": ("client-certificate", "client-key", "tokenFile"),
}
_LONGEST_PATH_SHOWN = 200


@dataclass(frozen=True)
class Selected:
    """What one context of a kubeconfig stands for.

    Attributes:
        context: the context's name.
        cluster: its ``cluster`` section.
        user: its ``user`` section; empty where it names none.
        namespace: the namespace that counts where none is given; may be empty.
    """

    context: str
    cluster: _Config
    user: _Config
    namespace: str = ""


def load(kubeconfig: str | None) -> str:
    """Return the content of a self-contained kubeconfig (YAML); references to files in it are absolute.

    Args:
        kubeconfig: a path, or the content itself. None means what kubectl would take: the files in
            ``$KUBECONFIG`` merged, else ``~/.kube/config``, else the service account of the pod this runs in.

    Raises:
        ValidationError: with the path ``kubeconfig``: ``KubeconfigMissing`` if there is none or it is empty,
            ``InvalidKubeconfig`` if it is not a kubeconfig.
    """
    if kubeconfig is None:
        return _dump(_found())
    file = _as_file(kubeconfig)
    if file:
        return _dump(_read(file))
    config = _parse(kubeconfig, "it")
    return _dump(_absolute(config, Path.cwd()))


def select(kubeconfig: str, context: str | None = None) -> Selected:
    """Return what a context of a kubeconfig stands for.

    Args:
        kubeconfig: the content, as `load` returns it.
        context: the context's name; None means the kubeconfig's current one.

    Raises:
        ValidationError: ``KubeconfigMissing`` with the path ``context`` if there is no such context;
            ``InvalidKubeconfig`` if the context names a cluster or user that is not there.
    """
    config = _parse(kubeconfig, "it")
    name = context or config.get("current-context")
    if not name:
        raise _missing("the kubeconfig has no current context; set context", path="context")
    chosen = _named(config, "contexts", name)
    if chosen is None:
        raise _missing(f"the kubeconfig has no context {name}; it has {_names(config)}", path="context")
    cluster = _named(config, "clusters", chosen.get("cluster"))
    user = _named(config, "users", chosen["user"]) if chosen.get("user") else {}
    if not cluster or not cluster.get("server") or user is None:
        raise _invalid(
            f"the context {name} refers to a cluster or a user that the kubeconfig does not contain"
        )
    return Selected(name, cluster, user, chosen.get("namespace") or "")


def _found() -> _Config:
    listed = os.environ.get("KUBECONFIG", "")
    default = str(Path.home() / ".kube" / "config")
    files = [Path(name) for name in (listed or default).split(os.pathsep) if name]
    merged = _merge([_read(file) for file in files if file.is_file()])
    found = merged or _service_account()
    if not found:
        missing = "none of the files in $KUBECONFIG exists" if listed else "there is no ~/.kube/config"
        raise _missing(
            f"{missing}, and this process does not run in a pod; set kubeconfig to a path or to the content"
        )
    return found


def _merge(configs: list[_Config]) -> _Config:
    """Merge as kubectl does: of each name, and of each setting, the first one counts."""
    merged: _Config = {}
    for config in configs:
        for key, value in config.items():
            if key in _SECTIONS:
                merged.setdefault(key, []).extend(_new(value, merged.get(key, [])))
            elif value:
                merged.setdefault(key, value)
    return merged


def _new(entries: list[_Config], known: list[_Config]) -> list[_Config]:
    names = {entry["name"] for entry in known}
    return [entry for entry in entries if entry["name"] not in names]


def _service_account() -> _Config:
    host = os.environ.get("KUBERNETES_SERVICE_HOST")
    if not host or not (SERVICE_ACCOUNT / "token").is_file():
        return {}
    address = f"[{host}]" if ":" in host else host
    server = f"https://{address}:{os.environ.get('KUBERNETES_SERVICE_PORT', '443')}"
    name = "in-cluster"
    context = {"cluster": name, "user": name, "namespace": _own_namespace()}
    return {
        "apiVersion": "v1",
        "kind": "Config",
        "current-context": name,
        "clusters": [
            {
                "name": name,
                "cluster": {"server": server, "certificate-authority": str(SERVICE_ACCOUNT / "ca.crt")},
            }
        ],
        "contexts": [{"name": name, "context": context}],
        "users": [{"name": name, "user": {"tokenFile": str(SERVICE_ACCOUNT / "token")}}],
    }


def _own_namespace() -> str:
    file = SERVICE_ACCOUNT / "namespace"
    return file.read_text(encoding="utf-8").strip() if file.is_file() else ""


def _as_file(text: str) -> Path | None:
    """Return the file that the text names; None if the text is content."""
    if "\n" in text.strip() or text.lstrip().startswith("{"):
        return None
    file = Path(text.strip()).expanduser()
    if file.is_file():
        return file
    looks_like_path = text.strip() and len(text) <= _LONGEST_PATH_SHOWN and (file.suffix or os.sep in text)
    if looks_like_path:
        raise _missing(f"there is no file {text.strip()}")
    raise _invalid("the text is neither the path of a file nor a kubeconfig")


def _read(file: Path) -> _Config:
    try:
        text = file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        why = getattr(error, "strerror", None) or "the content is not text"
        raise _invalid(f"the file {file} cannot be read: {why}") from None
    return _absolute(_parse(text, f"the file {file}"), file.absolute().parent)


def _parse(text: str, what: str) -> _Config:
    from helm_rollback_component.inputs import go_yaml  # noqa: PLC0415  # not every unchanged release needs it

    try:
        config = go_yaml.first_document(text)
    except go_yaml.YamlError:
        raise _invalid(f"{what} is not YAML") from None
    if config is None:
        raise _missing(f"{what} is empty")
    if not isinstance(config, dict) or not all(_well_formed(config, section) for section in _SECTIONS):
        raise _invalid(
            f"{what} is not a kubeconfig: clusters, contexts and users must be lists of named entries"
        )
    return {**config, **{section: config.get(section) or [] for section in _SECTIONS}}


def _well_formed(config: _Config, section: str) -> bool:
    entries = config.get(section) or []
    return isinstance(entries, list) and all(
        isinstance(entry, dict)
        and isinstance(entry.get("name"), str)
        and isinstance(entry.get(key), dict | None)
        for key in (_SECTIONS[section],)
        for entry in entries
    )


def _absolute(config: _Config, folder: Path) -> _Config:
    """Make every reference to a file in the config absolute; relative ones are relative to the folder."""
    for section, key in _SECTIONS.items():
        for entry in config[section]:
            settings = entry[key] = entry.get(key) or {}
            for name in _FILES.get(key, ()):
                if settings.get(name):
                    settings[name] = str(folder / settings[name])
            plugin = settings.get("exec") or {}
            if os.sep in str(plugin.get("command", "")):
                plugin["command"] = str(folder / plugin["command"])
    return config


def _named(config: _Config, section: str, name: str | None) -> _Config | None:
    found = (entry.get(_SECTIONS[section]) or {} for entry in config[section] if entry["name"] == name)
    return next(found, None)


def _names(config: _Config) -> str:
    return ", ".join(entry["name"] for entry in config["contexts"]) or "none"


def _dump(config: _Config) -> str:
    dumped: str = yaml.dump(config, Dumper=_Dumper, sort_keys=False)
    return dumped


def _missing(message: str, *, path: str = "kubeconfig") -> ValidationError:
    return ValidationError([Problem(path, message)], reason=Reason.KUBECONFIG_MISSING)


def _invalid(message: str, *, path: str = "kubeconfig") -> ValidationError:
    return ValidationError([Problem(path, message)], reason=Reason.INVALID_KUBECONFIG)
