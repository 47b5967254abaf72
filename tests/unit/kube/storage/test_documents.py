"""What is in a manifest, without parsing all of it."""

import pytest

from helm_rollback_component.kube.storage import documents

HEAD = "apiVersion: v1\nkind: Pod\nmetadata:\n  name: a\n"
KNOWN = {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "a"}}
NOT_YAML = "spec:\n  not: [yaml\n"


class TestSplit:
    @pytest.mark.parametrize(
        ("manifest", "count"),
        [
            ("", 1),
            ("a: 1\n---\nb: 1\n", 2),
            ("a: 1\n--- # a comment\nb: 1", 2),
            ("a: 1\r\n---\r\nb: 1", 2),
            ("a: 1\n---", 2),
            ("a: 1\n---b: 1\n", 1),
            ("a: |\n  one\n  ---\n  two\n", 1),
            ("a: 1 ---\n", 1),
        ],
    )
    def test_it_cuts_where_a_document_begins(self, manifest: str, count: int) -> None:
        texts = [*documents.split(manifest)]
        assert len(texts) == count
        assert "".join(texts) == manifest


class TestHead:
    @pytest.mark.parametrize(
        "text",
        [
            HEAD + "spec: {}\n",
            "---\n# Source: a.yaml\n" + HEAD + "spec: {}\n",
            HEAD.replace("\n", "\r\n") + "spec: {}\r\n",
            "kind: Pod\nmetadata: {name: a} # why\napiVersion: v1\nspec: {}\n",
            "kind: Pod\nmetadata: {name: a}\napiVersion: v1",
            HEAD + "# kind: Secret\nspec:\n  kind: Secret\n",
            HEAD + "items:\n- kind: Secret\n",
        ],
    )
    def test_it_is_what_the_object_says(self, text: str) -> None:
        assert documents.head(text) == KNOWN

    def test_what_stands_behind_it_is_not_parsed(self) -> None:
        assert documents.head(HEAD + NOT_YAML) == KNOWN
        with pytest.raises(ValueError, match="it is not YAML in line"):
            documents.load(HEAD + NOT_YAML)

    def test_what_stands_before_it_does_not_belong_to_it(self) -> None:
        assert documents.head("spec: {kind: A}\n? a\n: 1\n" + HEAD) == KNOWN

    def test_letters_of_any_width_do_not_displace_it(self) -> None:
        wide = HEAD.replace("name: a", "name: é€𝄞")
        assert documents.head(wide + NOT_YAML) == {**KNOWN, "metadata": {"name": "é€𝄞"}}

    @pytest.mark.parametrize(
        "behind",
        [
            "kind: Secret\n",
            "'kind': Secret\n",
            '"kind": Secret\n',
            "<<: {kind: Secret}\n",
            "? kind\n: Secret\n",
            "!!str kind: Secret\n",
            "&a kind: Secret\n",
            "spec: 1\rkind: Secret\n",
            "spec: 1\u2028kind: Secret\n",
            "metadata: {}\n",
            "apiVersion: v2\n",
            "spec: 1\r---\nkind: Secret\n",
            "...\n",
        ],
    )
    def test_what_may_change_it_behind_it_makes_it_unknown(self, behind: str) -> None:
        assert documents.head(HEAD + behind) is None

    @pytest.mark.parametrize(
        "text",
        [
            "",
            "# nothing\n",
            "---\n",
            "- kind: Pod\n",
            "text",
            "{apiVersion: v1, kind: Pod, metadata: {name: a}}",
            " apiVersion: v1\n kind: Pod\n metadata: {}\n",
            "kind: Pod\nmetadata: {}\n",
            "\ufeff" + HEAD,
        ],
    )
    def test_what_has_another_form_has_none(self, text: str) -> None:
        assert documents.head(text) is None


def test_the_head_of_a_document_that_is_nested_without_end_is_given_up_at_once() -> None:
    with pytest.raises(ValueError, match="nested too deeply"):
        documents.head(f"spec: {'[' * 1_000_000}")


def test_a_head_that_stands_for_more_than_it_is_is_given_up() -> None:
    with pytest.raises(ValueError, match="it has an alias"):
        documents.head("spec: &a [1]\n" + HEAD + "  labels: *a\n")


def test_the_source_of_a_document_is_found_at_once_however_it_is_written() -> None:
    assert documents.source(f"# Source: web{' ' * 1_000_000}x\n") == "web"
    assert documents.source(f"# Source: {'x' * 1_000_000}\n") == "x" * 500
    assert documents.source("# Source: web/templates/a.yaml \t\nkind: A") == "web/templates/a.yaml"
