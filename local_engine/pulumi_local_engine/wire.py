"""The engine's values to and from protobuf structs, in the format that SDKs and providers share."""

from __future__ import annotations

from typing import Any

from google.protobuf import json_format, struct_pb2  # type: ignore[import-untyped]

from pulumi_local_engine.values import (
    SECRET_SIGNATURE,
    SIGNATURE_KEY,
    UNKNOWN,
    UNKNOWN_SENTINEL,
    Properties,
    Secret,
    Value,
)

OUTPUT_SIGNATURE = "d0e6a833031e9bbcd3f4e8bde6ca49a4"
_DROPPED = object()
_EXACT = 2**53


def from_wire(struct: Any) -> Properties:
    """Decode a struct; secrets and unknowns become their own types."""
    decoded = _decode(json_format.MessageToDict(struct))
    return dict(decoded) if isinstance(decoded, dict) else {}


def _decode(value: Value) -> Value:
    if isinstance(value, dict):
        return _decode_object(value)
    if isinstance(value, list):
        return [_decode(item) for item in value]
    if isinstance(value, float) and value.is_integer() and abs(value) <= _EXACT:
        return int(value)  # the wire knows floats only; a state file reads better with 1 than with 1.0
    return UNKNOWN if value == UNKNOWN_SENTINEL else value


def _decode_object(value: Properties) -> Value:
    signature = value.get(SIGNATURE_KEY)
    if signature == SECRET_SIGNATURE:
        return _secret(_decode(value.get("value")))
    if signature == OUTPUT_SIGNATURE:
        inner = _decode(value["value"]) if "value" in value else UNKNOWN
        return _secret(inner) if value.get("secret") else inner
    return {key: _decode(value[key]) for key in sorted(value)}


def _secret(value: Value) -> Secret:
    return value if isinstance(value, Secret) else Secret(value)


def to_wire(properties: Properties, *, secrets: bool, unknowns: bool) -> Any:
    """Encode a struct. Without `secrets` wrappers come off; without `unknowns` such values are left out."""
    struct = struct_pb2.Struct()
    struct.update(_encode(properties, secrets=secrets, unknowns=unknowns))
    return struct


def _encode(value: Value, *, secrets: bool, unknowns: bool) -> Value:
    if value is UNKNOWN:
        return UNKNOWN_SENTINEL if unknowns else _DROPPED
    if isinstance(value, Secret):
        inner = _encode(value.value, secrets=secrets, unknowns=unknowns)
        return (
            {SIGNATURE_KEY: SECRET_SIGNATURE, "value": inner} if secrets and inner is not _DROPPED else inner
        )
    if isinstance(value, dict):
        pairs = {key: _encode(item, secrets=secrets, unknowns=unknowns) for key, item in value.items()}
        return {key: item for key, item in pairs.items() if item is not _DROPPED}
    if isinstance(value, list):
        items = [_encode(item, secrets=secrets, unknowns=unknowns) for item in value]
        return [item for item in items if item is not _DROPPED]
    return value
