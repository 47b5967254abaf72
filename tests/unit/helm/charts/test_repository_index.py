"""Reading a repository's index."""

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


def test_the_versions_of_a_chart_in_the_indexs_order() -> None:
    assert listed_versions(_INDEX, "web") == [
        Listed("1.1.0", "https://charts.example/web-1.1.0.tgz", "abcdef"),
        Listed("1.0.0", "web-1.0.0.tgz", "123456"),
    ]


def test_a_chart_whose_name_begins_alike_is_another() -> None:
    assert [entry.version for entry in listed_versions(_INDEX, "web-extra")] == ["2.0.0"]


def test_a_chart_that_is_not_there() -> None:
    assert listed_versions(_INDEX, "db") == []


def test_only_the_part_that_matters_is_read_as_yaml() -> None:
    broken_elsewhere = f"{_INDEX}  db: [\n"

    assert cut_out(_INDEX, "web").startswith("entries:\n  web:\n")
    assert "web-extra" not in cut_out(_INDEX, "web")
    assert [entry.version for entry in listed_versions(broken_elsewhere, "web")] == ["1.1.0", "1.0.0"]


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
    assert [(entry.version, entry.url) for entry in listed_versions(index, "web")] == [("1.0.0", "web.tgz")]


@pytest.mark.parametrize(
    "entry",
    [
        *("{version: 1.0.0, urls: {a: b}}", "{version: 1.0.0, urls: 5}", "{urls: [[web.tgz]]}", "[]", "~"),
        *("{version: 1.0.0, urls: web.tgz}", "{version: 1.0.0, urls: [5]}", "{version: 1.0.0}"),
    ],
)
def test_an_entry_of_another_shape_is_passed_over(entry: str) -> None:
    index = f"entries:\n  web:\n  - {entry}\n  - {{version: [1], digest: {{a: b}}, urls: [web.tgz]}}\n"
    assert [listed.url for listed in listed_versions(index, "web")] == ["web.tgz"]


@pytest.mark.parametrize(
    "content",
    [
        "{entries: {web: " + "[" * 100_000,
        "entries:\n  web:\n  - " + "[" * 100_000,
        "entries: {web: [\ud800]}",
    ],
    ids=range(3),
)
def test_an_index_that_was_made_to_do_harm_is_none(content: str) -> None:
    with pytest.raises(OperationError, match="is not an index of charts"):
        listed_versions(content, "web")


def test_a_huge_index_is_not_parsed_as_a_whole() -> None:
    filling = "# nothing\n" * 1_700_000
    assert listed_versions(f"{_INDEX}{filling}", "db") == []
    assert [entry.version for entry in listed_versions(f"{_INDEX}{filling}", "web")] == ["1.1.0", "1.0.0"]
    with pytest.raises(OperationError, match="too large to look for the chart web"):
        listed_versions(f"entries: {{web: []}}\n{filling}", "web")


@pytest.mark.parametrize(
    "content", ["<html>\n<p>sign in", "a: [", "- a list", "entries: nothing", "entries: {web: 1}", ""]
)
def test_something_that_is_no_index(content: str) -> None:
    with pytest.raises(OperationError, match="is not an index of charts") as caught:
        listed_versions(content, "web")

    assert caught.value.reason == "RepositoryInvalid"
