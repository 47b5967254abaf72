"""Whether what is live is what a revision declares: its workloads, and everything else. Pure.

A live object has more than was declared of it, and some values are spelled otherwise: defaults, what other
clients added, quantities. So what is declared has to be contained in what is live.
"""

from __future__ import annotations

import re
from base64 import b64encode
from collections.abc import Mapping
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from helm_rollback_component.core.health import foreign, objects

if TYPE_CHECKING:
    from collections.abc import Sequence

    from helm_rollback_component.core.health.objects import Key, Manifest

_SERVING = frozenset(
    {
        ("apps", "DaemonSet"),
        ("apps", "Deployment"),
        ("apps", "ReplicaSet"),
        ("apps", "StatefulSet"),
        ("", "Pod"),
    }
)
_NOT_CONTENT = frozenset({"apiVersion", "kind", "metadata", "status", "stringData"})
_QUANTITY = re.compile(r"([+-]?[0-9.]+)(m|k|[KMGTPE]i?)?")
_FACTORS = {
    "": Decimal(1),
    "m": Decimal("0.001"),
    "k": Decimal(1000),
    **{unit: Decimal(1000) ** power for power, unit in enumerate("KMGTPE", 1)},
    **{f"{unit}i": Decimal(1024) ** power for power, unit in enumerate("KMGTPE", 1)},
}


def unrestored(
    declared: Sequence[Manifest], replaced: Sequence[Manifest], live: Mapping[Key, Manifest], namespace: str
) -> tuple[Key, ...] | None:
    """Return which objects are not as a revision declares them; None if its workloads are not.

    Of a workload the pod template counts: an autoscaler may have changed the rest. Of a revision without a
    workload, everything has to be as declared.

    Args:
        declared: the revision's objects.
        replaced: those of the revision that was live before.
        live: the objects that exist.
        namespace: the release's.
    """
    before = {objects.key(each, namespace): each for each in objects.flatten(replaced)}
    different, serving, all_serve = [], False, True
    for each in objects.flatten(declared):
        key = objects.key(each, namespace)
        same = _as_declared(each, before.get(key), live.get(key))
        if (key.group, key.kind) in _SERVING:
            serving, all_serve = True, all_serve and same
        elif not same:
            different.append(key)
    served = all_serve if serving else not different
    return tuple(different) if served else None


def _as_declared(declared: Manifest, replaced: Manifest | None, live: Manifest | None) -> bool:
    """Whether a live object is as declared, and not still as the revision before had it."""
    if live is None:
        return False
    wanted, there = _content(declared), _content(live)
    old = _content(replaced) if replaced else wanted
    still_old = not contains(wanted, old) and contains(there, old)
    return contains(there, wanted) and not still_old


def _content(manifest: Manifest) -> Mapping[str, Any]:
    """Return what of an object counts."""
    if (objects.group(manifest), objects.kind(manifest)) in _SERVING:
        return {"template": foreign.mapping(objects.spec(manifest), "template") or objects.spec(manifest)}
    found = {key: value for key, value in manifest.items() if key not in _NOT_CONTENT}
    texts = manifest.get("stringData")
    if objects.kind(manifest) == "Secret" and isinstance(texts, Mapping):
        encoded = {key: b64encode(str(text).encode()).decode() for key, text in texts.items()}
        found["data"] = {**foreign.mapping(manifest, "data"), **encoded}
    return found


def contains(live: Any, declared: Any) -> bool:
    """Return whether what is live has all that is declared, however its values are spelled."""
    if declared is None or (live is None and not declared):
        return True
    if isinstance(declared, Mapping):
        found = live if isinstance(live, Mapping) else {}
        return all(contains(found.get(key), value) for key, value in declared.items())
    if isinstance(declared, list):
        items = live if isinstance(live, list) else []
        return len(items) == len(declared) and all(map(contains, items, declared))
    return bool(live == declared) or _quantity(live) == _quantity(declared) is not None


def _quantity(value: Any) -> Decimal | None:
    """Return the number that a quantity such as ``500m`` or ``1Gi`` spells; None if it is none."""
    found = _QUANTITY.fullmatch(str(value))
    if found is None or found[1].count(".") > 1 or found[1].strip("+-.") == "":
        return None
    return Decimal(found[1]) * _FACTORS[found[2] or ""]
