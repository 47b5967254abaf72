"""Properties as they travel between engine and plugin."""

from __future__ import annotations

from typing import Any

import pulumi
import pytest
from google.protobuf import json_format, struct_pb2  # type: ignore[import-untyped]
from pulumi.output import Unknown
from pulumi.runtime.rpc import UNKNOWN

from helm_rollback_component.plugin.marshalling import marshal, unmarshal

KIND = "4dabf18193072939515e22adb298388d"
SECRET = "1b47061264138c4ac30d75fd1eb44270"
ASSET = "c44067f5952c0a294b673a41bacd8c17"
ARCHIVE = "0def7320c3a5731c473e5ecbe6d01bc7"
RESOURCE = "5cf8f73096256a8f31e491e813e4eb8e"
OUTPUT = "d0e6a833031e9bbcd3f4e8bde6ca49a4"
A_NUMBER = "3eeb2bf0-c639-47a8-9e75-3b44932eb421"


def struct(**properties: Any) -> struct_pb2.Struct:
    return json_format.ParseDict(properties, struct_pb2.Struct())


@pytest.mark.parametrize("value", [None, True, 1.5, "text", [1.0, [None]], {"a": {"b": False}}, [], {}])
def test_plain_values_stay_as_they_are(value: object) -> None:
    assert unmarshal(marshal({"it": value})) == ({"it": value}, frozenset())


def test_a_secret_is_told_by_its_place() -> None:
    sent = marshal({"values": {"a.b": [1, {"c": "hidden"}]}, "open": 1}, {'values["a.b"][1].c'})
    plain, secrets = unmarshal(sent)
    assert plain == {"values": {"a.b": [1, {"c": "hidden"}]}, "open": 1}
    assert secrets == {("values", "a.b", 1, "c")}
    assert json_format.MessageToDict(sent)["values"]["a.b"][1]["c"] == {KIND: SECRET, "value": "hidden"}


@pytest.mark.parametrize("mark", [UNKNOWN, A_NUMBER])
def test_what_is_not_known_yet_is_so_whatever_its_type(mark: str) -> None:
    plain, _ = unmarshal(struct(later=[mark]))
    assert isinstance(plain["later"][0], Unknown)
    assert json_format.MessageToDict(marshal(plain)) == {"later": [UNKNOWN]}


@pytest.mark.parametrize(
    ("sent", "value", "secret"),
    [
        ({"value": "x"}, "x", False),
        ({"value": "x", "secret": True}, "x", True),
        ({"value": "x", "secret": False}, "x", False),
    ],
)
def test_an_output_is_its_value(sent: dict[str, Any], value: str, *, secret: bool) -> None:
    plain, secrets = unmarshal(struct(it={KIND: OUTPUT, **sent}))
    assert plain == {"it": value}
    assert bool(secrets) is secret


def test_an_output_without_a_value_is_not_known_yet() -> None:
    plain, _ = unmarshal(struct(it={KIND: OUTPUT}))
    assert isinstance(plain["it"], Unknown)


@pytest.mark.parametrize(("sent", "value"), [({"urn": "u", "id": "i"}, "i"), ({"urn": "u"}, "u")])
def test_a_resource_is_its_id_or_else_its_urn(sent: dict[str, str], value: str) -> None:
    assert unmarshal(struct(it={KIND: RESOURCE, **sent}))[0] == {"it": value}


@pytest.mark.parametrize(
    ("sent", "kind"),
    [
        ({KIND: ASSET, "path": "values.yaml"}, pulumi.FileAsset),
        ({KIND: ASSET, "text": "a: 1"}, pulumi.StringAsset),
        ({KIND: ASSET, "uri": "https://example.com/values.yaml"}, pulumi.RemoteAsset),
        ({KIND: ARCHIVE, "path": "chart"}, pulumi.AssetArchive),
    ],
)
def test_assets_and_archives_are_told_apart(sent: dict[str, str], kind: type) -> None:
    assert type(unmarshal(struct(it=sent))[0]["it"]) is kind
