"""Properties as they travel between engine and plugin: each secret is marked, and some are not known yet.

The constants are those of Pulumi's protocol (``sdk/go/common/resource/sig`` in pulumi/pulumi).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import pulumi
from google.protobuf import struct_pb2  # type: ignore[import-untyped]
from pulumi.output import Unknown
from pulumi.runtime.rpc import UNKNOWN

from helm_rollback_component.inputs.property_paths import below

if TYPE_CHECKING:
    from collections.abc import Container

Steps = tuple[str | int, ...]
"""The keys and indices that lead to a value."""

_KIND = "4dabf18193072939515e22adb298388d"
_SECRET = "1b47061264138c4ac30d75fd1eb44270"  # noqa: S105  # a word of the protocol
_ASSET = "c44067f5952c0a294b673a41bacd8c17"
_ARCHIVE = "0def7320c3a5731c473e5ecbe6d01bc7"
_RESOURCE = "5cf8f73096256a8f31e491e813e4eb8e"
_OUTPUT = "d0e6a833031e9bbcd3f4e8bde6ca49a4"
_UNKNOWN = {
    UNKNOWN,  # a text, or anything
    "1c4a061d-8072-4f0a-a4cb-0ff528b18fe7",  # a bool
    "3eeb2bf0-c639-47a8-9e75-3b44932eb421",  # a number
    "6a19a0b0-7e62-4c92-b797-7f8e31da9cc2",  # an array
    "030794c1-ac77-496b-92df-f27374a8bd58",  # an asset
    "e48ece36-62e2-4504-bad9-02848725956a",  # an archive
    "dd056dcd-154b-4c76-9bd3-c8f88648b5ff",  # an object
}


def unmarshal(properties: struct_pb2.Struct) -> tuple[dict[str, Any], frozenset[Steps]]:
    """Return properties as plain values, and where the secret ones among them are.

    What is not known yet is a `pulumi.output.Unknown`; a null stays one. Keys are sorted: they have no order.
    """
    secrets: set[Steps] = set()
    plain = {key: _plain(value, (key,), secrets) for key, value in sorted(properties.fields.items())}
    return plain, frozenset(secrets)


def marshal(properties: Mapping[str, Any], secrets: Container[str] = ()) -> struct_pb2.Struct:
    """Return properties as they travel.

    Args:
        properties: JSON-like values, and what is not known yet.
        secrets: the paths of the secret ones among them (`property_paths`).
    """
    return struct_pb2.Struct(
        fields={key: _travelling(value, below("", key), secrets) for key, value in properties.items()}
    )


def _plain(value: struct_pb2.Value, steps: Steps, secrets: set[Steps]) -> Any:
    match value.WhichOneof("kind"):
        case "struct_value":
            return _plain_mapping(value.struct_value.fields, steps, secrets)
        case "list_value":
            items = enumerate(value.list_value.values)
            return [_plain(item, (*steps, index), secrets) for index, item in items]
        case "string_value" if value.string_value in _UNKNOWN:
            return Unknown()  # type: ignore[no-untyped-call]
        case "null_value" | None:
            return None
        case kind:
            return getattr(value, kind)


def _plain_mapping(fields: Any, steps: Steps, secrets: set[Steps]) -> Any:
    kind = fields[_KIND].string_value if _KIND in fields else ""
    match kind:
        case "":
            return {key: _plain(item, (*steps, key), secrets) for key, item in sorted(fields.items())}
        case _ if kind == _SECRET:
            secrets.add(steps)
            return _plain(fields["value"], steps, secrets)
        case _ if kind == _OUTPUT:
            if "secret" in fields and fields["secret"].bool_value:
                secrets.add(steps)
            known = "value" in fields
            return _plain(fields["value"], steps, secrets) if known else Unknown()  # type: ignore[no-untyped-call]
        case _ if kind == _RESOURCE:
            return fields["id" if "id" in fields else "urn"].string_value
        case _ if kind == _ASSET:
            return _asset(fields)
        case _:
            return pulumi.AssetArchive({})


def _asset(fields: Any) -> pulumi.Asset:
    if "path" in fields:
        return pulumi.FileAsset(fields["path"].string_value)
    if "uri" in fields:
        return pulumi.RemoteAsset(fields["uri"].string_value)
    return pulumi.StringAsset(fields["text"].string_value)


def _travelling(value: Any, path: str, secrets: Container[str]) -> struct_pb2.Value:
    bare = _bare(value, path, secrets)
    if path not in secrets:
        return bare
    mark = struct_pb2.Value(string_value=_SECRET)
    return struct_pb2.Value(struct_value=struct_pb2.Struct(fields={_KIND: mark, "value": bare}))


def _bare(value: Any, path: str, secrets: Container[str]) -> struct_pb2.Value:
    match value:
        case Mapping():
            fields = {key: _travelling(item, below(path, key), secrets) for key, item in value.items()}
            return struct_pb2.Value(struct_value=struct_pb2.Struct(fields=fields))
        case list() | tuple():
            items = [_travelling(item, below(path, index), secrets) for index, item in enumerate(value)]
            return struct_pb2.Value(list_value=struct_pb2.ListValue(values=items))
        case _:
            return struct_pb2.Value(**_scalar(value))


def _scalar(value: Any) -> dict[str, Any]:
    match value:
        case None:
            return {"null_value": struct_pb2.NULL_VALUE}
        case bool():
            return {"bool_value": value}
        case int() | float():
            return {"number_value": value}
        case Unknown():
            return {"string_value": UNKNOWN}
        case _:
            return {"string_value": value}
