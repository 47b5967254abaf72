"""Helm's switches as options of Helm's library."""

from dataclasses import asdict

import pytest

from helm_rollback_component.helm.engines.engine import Capability, Options
from helm_rollback_component.helm.engines.library_options import capabilities, deploying, switches
from helm_rollback_component.helm.engines.worker_pool import ALWAYS

_CHOSEN = frozenset(Capability) - ALWAYS


def test_a_library_with_every_option_has_every_capability() -> None:
    assert capabilities(lambda _verb, _option: True) == _CHOSEN


def test_a_library_without_options_has_none() -> None:
    assert capabilities(lambda _verb, _option: False) == frozenset()


@pytest.mark.parametrize("verb", ["install", "upgrade", "rollback", "uninstall"])
def test_hooks_can_be_left_out_only_if_every_verb_can(verb: str) -> None:
    found = capabilities(lambda asked, _: asked != verb)

    assert Capability.DISABLE_HOOKS not in found


def test_replacing_is_needed_by_an_install_alone() -> None:
    assert Capability.REPLACE in capabilities(lambda verb, _: verb == "install")


def test_nothing_is_asked_for_without_need() -> None:
    assert deploying("upgrade", Options(description="why", labels={"a": "b"})) == {}


@pytest.mark.parametrize(
    "options",
    [
        Options(disable_hooks=True),
        Options(disable_openapi_validation=True),
        Options(force_conflicts=True),
        Options(replace=True),
        Options(skip_crds=True),
        Options(take_ownership=True),
        Options(wait_for_jobs=True),
    ],
)
def test_a_switch_has_the_same_name(options: Options) -> None:
    on = {name: True for name, value in asdict(options).items() if value is True}

    assert deploying("install", options) == on


@pytest.mark.parametrize(("verb", "client_side"), [("install", False), ("upgrade", "false")])
def test_objects_are_replaced_on_the_clients_side(verb: str, client_side: object) -> None:
    assert deploying(verb, Options(force_update=True)) == {
        "force_replace": True,
        "server_side_apply": client_side,
    }


def test_the_way_to_wait_is_an_option() -> None:
    assert deploying("upgrade", Options(wait_strategy="legacy")) == {"wait": "legacy"}
    assert switches(Options(wait_strategy="legacy", disable_hooks=True)) == {
        "disable_hooks": True,
        "wait": "legacy",
    }


def test_a_post_renderer_has_arguments() -> None:
    assert deploying("upgrade", Options(post_renderer=("brand", "a", "b"))) == {
        "post_renderer": "brand",
        "post_renderer_args": ["a", "b"],
    }
