"""Reading a repository's index."""

import tracemalloc

import pytest

from helm_rollback_component.errors import OperationError
from helm_rollback_component.helm.charts.repository_index import Listed, cut_out, listed_versions

_INDEX = """\
apiVersion: v1
entries:
  web:
  - name: web
    version: 1.1.0
    digest: ABCDEF
    description: |
      web:
        - version: 9.9.9
    urls:
    - https://charts.example/web-1.1.0.tgz

  - name: web
    version: 1.0.0
    digest: sha256:123456
    urls: [web-1.0.0.tgz]
  - name: web
    version: 0.9.0
    urls: []
  - not an entry
  web-extra:
  - {name: web-extra, version: 2.0.0, urls: [extra.tgz]}
generated: "2026-01-01T00:00:00Z"
"""


def found(index: str, chart: str) -> list[Listed]:
    return listed_versions(index.encode(), chart)


def test_the_versions_of_a_chart_in_the_indexs_order() -> None:
    assert found(_INDEX, "web") == [
        Listed("1.1.0", "https://charts.example/web-1.1.0.tgz", "abcdef"),
        Listed("1.0.0", "web-1.0.0.tgz", "123456"),
    ]


def test_a_chart_whose_name_begins_alike_is_another() -> None:
    assert [entry.version for entry in found(_INDEX, "web-extra")] == ["2.0.0"]


def test_a_chart_that_is_not_there() -> None:
    assert found(_INDEX, "db") == []


def test_only_the_part_that_matters_is_read_as_yaml() -> None:
    broken_elsewhere = f"{_INDEX}  db: [\n"

    assert cut_out(_INDEX.encode(), "web").startswith(b"entries:\n  web:\n")
    assert b"web-extra" not in cut_out(_INDEX.encode(), "web")
    assert [entry.version for entry in found(broken_elsewhere, "web")] == ["1.1.0", "1.0.0"]


@pytest.mark.parametrize(
    "index",
    [
        '{"entries": {"web": [{"version": "1.0.0", "urls": ["web.tgz"]}]}}',
        "entries: {web: [{version: 1.0.0, urls: [web.tgz]}]}",
        "entries:\n    web:\n        - version: 1.0.0\n          urls: [web.tgz]\n",
        'entries:\n  "web":\n    - version: 1.0.0\n      urls: [web.tgz]',
        "base: &urls [web.tgz]\nentries:\n  web:\n  - version: 1.0.0\n    urls: *urls\n",
    ],
)
def test_however_it_is_laid_out(index: str) -> None:
    assert [(entry.version, entry.url) for entry in found(index, "web")] == [("1.0.0", "web.tgz")]


@pytest.mark.parametrize(
    "entry",
    [
        *("{version: 1.0.0, urls: {a: b}}", "{version: 1.0.0, urls: 5}", "{urls: [[web.tgz]]}", "[]", "~"),
        *("{version: 1.0.0, urls: web.tgz}", "{version: 1.0.0, urls: [5]}", "{version: 1.0.0}"),
    ],
)
def test_an_entry_of_another_shape_is_passed_over(entry: str) -> None:
    index = f"entries:\n  web:\n  - {entry}\n  - {{version: [1], digest: {{a: b}}, urls: [web.tgz]}}\n"
    assert [listed.url for listed in found(index, "web")] == ["web.tgz"]


@pytest.mark.parametrize(
    "content",
    [
        "{entries: {web: " + "[" * 100_000,
        "entries:\n  web:\n  - " + "[" * 100_000,
    ],
    ids=range(2),
)
def test_an_index_that_was_made_to_do_harm_is_none(content: str) -> None:
    with pytest.raises(OperationError, match="is not an index of charts"):
        found(content, "web")


def test_a_huge_index_is_not_parsed_as_a_whole() -> None:
    filling = "# nothing\n" * 1_700_000
    assert found(f"{_INDEX}{filling}", "db") == []
    assert [entry.version for entry in found(f"{_INDEX}{filling}", "web")] == ["1.1.0", "1.0.0"]
    with pytest.raises(OperationError, match="too large to look for the chart web"):
        found(f"entries: {{web: []}}\n{filling}", "web")


def test_of_very_many_versions_each_takes_its_own_memory_only() -> None:
    index = b"entries:\n  web:\n" + b"  - a\n" * 1_000_000
    tracemalloc.start()
    try:
        assert len(cut_out(index, "web")) == len(index)
        assert tracemalloc.get_traced_memory()[1] < 4 * len(index)
    finally:
        tracemalloc.stop()


def test_an_entry_of_a_text_without_end_is_passed_over() -> None:
    index = f"entries:\n  web:\n  - {{version: 1.0.0, urls: [{'x' * 10_001}]}}\n"
    assert found(index, "web") == []


@pytest.mark.parametrize(
    "content", ["<html>\n<p>sign in", "a: [", "- a list", "entries: nothing", "entries: {web: 1}", ""]
)
def test_something_that_is_no_index(content: str) -> None:
    with pytest.raises(OperationError, match="is not an index of charts") as caught:
        found(content, "web")

    assert caught.value.reason == "RepositoryInvalid"
