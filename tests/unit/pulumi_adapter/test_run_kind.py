"""Whether a provider's process serves a preview."""

from __future__ import annotations

from helm_rollback_component.pulumi_adapter import run_kind


def test_it_is_what_was_noted_last() -> None:
    run_kind.note(dry_run=True)
    assert run_kind.is_preview()
    run_kind.note(dry_run=False)
    assert not run_kind.is_preview()
