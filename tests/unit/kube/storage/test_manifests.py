"""Objects in manifests."""

import tracemalloc
import uuid
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from helm_rollback_component.kube.storage import documents, manifests
from helm_rollback_component.kube.storage.manifests import Room, parse

TWO = """
---
# Source: web/templates/a.yaml
apiVersion: v1
kind: ConfigMap
metadata: {name: a}
---
---
# nothing here
---
apiVersion: v1
kind: Secret
metadata:
  name: b
"""

HEAD = ("apiVersion", "kind", "metadata")
LINES = st.sampled_from(
    [
        *("apiVersion: v1", "kind: Pod", "kind: 'Pod'", '"kind": Pod', "kind: List", "kind: &k Pod", "kind:"),
        *(
            "metadata:",
            "  name: é𝄞",
            "  name: b",
            "metadata: {name: a}",
            "metadata: &m {name: b}",
            "metadata: x",
        ),
        *("apiVersion: v1\nkind: A\nmetadata: {name: a}", "apiVersion: v1\nkind: B\nmetadata:\n  name: b"),
        *("spec: |", "  kind: inner", "spec:", "  metadata: *m", "items:", "- kind: A", "  apiVersion: v1"),
        *('text: "one', 'kind: Two"', "text: 'one", "kind: Two'", "spec: {a: 1,", "kind: Three}"),
        *("...", "---", "--- # more", "---x: 1", "# kind: No", "%YAML 1.1", "%TAG ! !", "", "\ufeff", "  "),
        *(
            "? complex",
            ": value",
            "<<: {kind: Z}",
            "! kind: Y",
            "&a kind: X",
            "spec: 1\u2028kind: W",
            "\tx: 1",
        ),
        "{kind: F, apiVersion: v1, metadata: {name: f}}",
    ]
)
MANIFESTS = st.builds(
    str.join, st.sampled_from(["\n", "\n", "\n", "\r\n", "\r"]), st.lists(LINES, max_size=14)
)


def test_objects_come_in_order() -> None:
    assert [(found["kind"], found["metadata"]["name"]) for found in parse(TWO)] == [
        ("ConfigMap", "a"),
        ("Secret", "b"),
    ]


@pytest.mark.parametrize("manifest", ["", "\n---\n", "# nothing\n"])
def test_nothing_is_nothing(manifest: str) -> None:
    assert parse(manifest) == ()


def test_lists_are_opened() -> None:
    listed = "kind: List\nitems:\n- kind: ConfigMapList\n  items:\n  - {kind: ConfigMap}\n- {kind: Pod}\n"
    assert [found["kind"] for found in parse(listed)] == ["ConfigMap", "Pod"]


def test_a_kind_that_only_sounds_like_a_list_is_none() -> None:
    assert parse("kind: AllowList\nspec: {}\n") == ({"kind": "AllowList", "spec": {}},)


def test_dates_and_equal_signs_are_strings() -> None:
    (found,) = parse("kind: X\nday: 2026-01-01\nmatch: [=, a]\nm: 1\nz: null\n")
    assert found == {"kind": "X", "day": "2026-01-01", "match": ["=", "a"], "m": 1, "z": None}


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("kind: A\nb: [hunter2\n", "it is not YAML in line"),
        ("kind: !!int hunter2", "a value is not of the type int that its tag says in line"),
        ("kind: hunter2\x00", "it is not YAML"),
        ("- hunter2\n", "not a Kubernetes object"),
        ("hunter2: true\n", "not a Kubernetes object"),
        ("kind: List\nitems: [hunter2]\n", "not a Kubernetes object"),
        ("kind: Pod\nmetadata: hunter2\n", "not a Kubernetes object"),
        ("kind: Pod\nmetadata: {name: 1}\n", "not a Kubernetes object"),
        ("kind: Pod\napiVersion: {hunter2: 1}\n", "not a Kubernetes object"),
        pytest.param(
            f"kind: Pod\nspec: {'[' * 3000}{']' * 3000}\n", "it is nested too deeply in line", id="depth"
        ),
        pytest.param(
            f"kind: Pod\n# {'hunter2' * 1_200_000}\n", "it is larger than an object can be", id="size"
        ),
    ],
)
def test_only_what_cannot_be_read_is_left_out_and_not_repeated(text: str, fault: str) -> None:
    told: list[str] = []
    manifest = f"{named('A', 'a')}---\n# Source: web/templates/x.yaml\n{text}\n---\n{named('B', 'b')}"
    assert [found["kind"] for found in parse(manifest, on_unread=told.append)] == ["A", "B"]
    (sentence,) = told
    assert sentence.startswith("web/templates/x.yaml: ")
    assert fault in sentence
    assert "hunter2" not in sentence


@pytest.mark.parametrize(
    ("line", "value"),
    [
        ('{one: &v "1", two: &v "2", three: *v}', {"one": "1", "two": "2", "three": "2"}),
        ("{one: !local text, two: ! 5}", {"one": "text", "two": "5"}),
        ("{one: =,\ttwo: <<}\t# why", {"one": "=", "two": "<<"}),
    ],
)
def test_what_helm_reads_is_read(line: str, value: dict[str, str]) -> None:
    (found,) = parse(f"{named('ConfigMap', 'a')}data: {line}\n")
    assert found["data"] == value


def test_only_what_is_needed_is_parsed_whole() -> None:
    manifest = f"{named('A', 'a')}spec: [\n---\n{named('B', 'b')}spec: 1\n"
    heads: list[dict[str, Any]] = []

    def whole(head: dict[str, Any]) -> bool:
        heads.append(head)
        return bool(head["kind"] == "B")

    first, second = parse(manifest, whole)
    assert first == {"apiVersion": "v1", "kind": "A", "metadata": {"name": "a"}}
    assert second["spec"] == 1
    assert [head["kind"] for head in heads] == ["A", "B"]
    told: list[str] = []
    assert parse(manifest, on_unread=told.append) == (second,)
    assert told == ["a document without a source: it is not YAML in line 5"]


def test_what_is_in_a_list_is_always_whole() -> None:
    (found,) = parse(f"{named('PodList', 'all')}items: [{{kind: Pod, spec: 1}}]\n", whole=lambda _: False)
    assert found == {"kind": "Pod", "spec": 1}


def test_a_document_is_parsed_once_whatever_stands_around_it(monkeypatch: pytest.MonkeyPatch) -> None:
    texts: list[str] = []
    load = documents.load

    def counted(text: str, spend: Callable[[int], None]) -> list[Any]:
        texts.append(text)
        return load(text, spend)

    monkeypatch.setattr(documents, "load", counted)
    own = f"---\n{named('Own', uuid.uuid4().hex)}"
    for other in ("one", "two"):
        parse(f"---\n{named('Other', uuid.uuid4().hex)}spec: {other}\n{own}")
    assert sum("kind: Own" in text and "kind: Other" not in text for text in texts) == 2, "head and object"
    assert sum("spec: " in text for text in texts) == 2


def test_what_documents_have_together_is_bounded() -> None:
    aliases = f"a: &a [{'1,' * 1000}]\nb: [{'*a,' * 95}]\n"
    manifest = "---\n".join(f"{named('Bomb', f'n{number}')}{aliases}" for number in range(100))
    told: list[str] = []
    found = parse(manifest, on_unread=told.append)
    assert 0 < len(found) < 10, "each has a hundred thousand values"
    assert told == ["the objects from here on: the revision has more values than can be read"]
    assert parse(manifest) == found, "remembered documents count the same"
    assert len(parse(manifest, whole=lambda _: False)) == 100, "their heads are small"


def test_documents_without_end_are_not_read() -> None:
    told: list[str] = []
    assert parse("---\n" * 200_000 + named("A", "a"), on_unread=told.append) == ()
    assert len(told) == 1


def test_a_revision_has_one_room_for_all_its_texts() -> None:
    room, text = Room(60), f"{named('A', 'a')}spec: [1, 2]\n"
    told: list[str] = []
    assert [len(parse(text, on_unread=told.append, room=room)) for _ in range(3)] == [1, 0, 0]
    assert len(told) == 2


def test_a_document_of_too_many_values_is_read_once_and_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    manifest = f"---\n# Source: a.yaml\n{named('A', 'a')}spec: [{'1,' * 600_000}]\n"
    told: list[str] = []
    assert parse(manifest, on_unread=told.append) == ()
    monkeypatch.setattr(documents, "load", None)
    assert parse(manifest, on_unread=told.append) == ()
    assert len(told) == 2
    assert told[0] == told[1]


def test_a_long_text_behind_many_aliases_takes_its_memory_once() -> None:
    manifest = f"{named('A', 'a')}text: &t {'x' * 1_000_000}\nspec: [{'*t,' * 900}]\n"
    tracemalloc.start()
    try:
        (found,) = parse(manifest)
        assert tracemalloc.get_traced_memory()[1] < 30_000_000
    finally:
        tracemalloc.stop()
    assert len(found["spec"]) == 900


@pytest.mark.parametrize("field", ["kind", "apiVersion", "metadata.name"])
def test_no_object_has_a_name_without_end(field: str) -> None:
    long = "x" * 501
    texts = {
        "kind": f"kind: {long}\n",
        "apiVersion": f"kind: A\napiVersion: {long}\n",
        "metadata.name": f"kind: A\nmetadata:\n  name: {long}\n",
    }
    assert parse(texts[field]) == ()
    assert len(parse(texts[field].replace(long, long[1:]))) == 1


def named(kind: str, name: str) -> str:
    return f"apiVersion: v1\nkind: {kind}\nmetadata: {{name: {name}}}\n"


@given(MANIFESTS)
def test_heads_and_objects_are_those_of_the_whole(manifest: str) -> None:
    known = manifests._read(manifest)  # noqa: SLF001  # all of it at once, as Helm reads it
    if known.fault:
        told: list[str] = []
        parse(manifest, on_unread=told.append)
        assert told
        return
    assert parse(manifest) == known.objects
    heads = parse(manifest, whole=lambda _: False)
    for each, head in zip(known.objects, heads, strict=True):
        assert {**each, **head} == each
        assert {key: each.get(key) for key in HEAD} == {key: head.get(key) for key in HEAD}
