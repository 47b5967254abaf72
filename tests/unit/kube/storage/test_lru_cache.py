"""What is remembered, and for how long."""

import pytest

from helm_rollback_component.kube.storage.lru_cache import Memory


def test_what_was_used_last_is_kept() -> None:
    memory: Memory[int, str] = Memory(2)
    assert memory.keep(1, "one") == "one"
    memory.keep(2, "two")
    assert memory.recall(1) == "one"
    memory.keep(3, "three")
    with pytest.raises(KeyError):
        memory.recall(2)
    assert (memory.recall(1), memory.recall(3)) == ("one", "three")


def test_a_newer_value_replaces_an_older() -> None:
    memory: Memory[int, str | None] = Memory(1)
    memory.keep(1, "old")
    memory.keep(1, None)
    assert memory.recall(1) is None
