"""Whose requests the API server's record tells of."""

import json
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

from benchmarks.requests import requests
from tools.ground import Ground


def event(agent: str, verb: str, resource: str = "", uri: str = "/") -> str:
    of_resource: dict[str, Any] = {"objectRef": {"resource": resource}} if resource else {}
    return json.dumps({"userAgent": agent, "verb": verb, "requestURI": uri, **of_resource}) + "\n"


def keeping(log: Path, *, before: str = "") -> Ground:
    log.write_text(before)
    return cast("Ground", SimpleNamespace(audit_log=log))


def test_requests_are_told_apart_by_their_sender(tmp_path: Path) -> None:
    log = tmp_path / "audit.log"
    with requests(keeping(log)) as sent, log.open("a") as written:
        written.write(event("helm-rollback", "get", "deployments"))
        written.write(event("Helm/4.3.1", "get", uri="/openapi/v3"))
        written.write(event("kube-scheduler/v1.36", "watch", "pods"))
    assert (sent.ours, sent.helm) == (["get deployments"], ["get /openapi/v3"])


def test_only_requests_of_the_block_count(tmp_path: Path) -> None:
    log = tmp_path / "audit.log"
    with requests(keeping(log, before=event("helm-rollback", "get", "pods"))) as sent:
        pass
    assert sent.ours == []


def test_a_line_that_is_still_being_written_is_left_out(tmp_path: Path) -> None:
    log = tmp_path / "audit.log"
    with requests(keeping(log)) as sent, log.open("a") as written:
        written.write(event("helm-rollback", "watch", "pods"))
        written.write(event("helm-rollback", "get", "pods")[:20])
    assert sent.ours == ["watch pods"]


def test_the_renewal_of_a_lock_is_told_apart(tmp_path: Path) -> None:
    log = tmp_path / "audit.log"
    with requests(keeping(log)) as sent, log.open("a") as written:
        for verb in ("get", "patch", "update"):
            written.write(event("helm-rollback", verb, "leases"))
    assert sent.unrenewing == ["get leases"]


def test_the_most_frequent_requests_are_named_first(tmp_path: Path) -> None:
    log = tmp_path / "audit.log"
    with requests(keeping(log)) as sent, log.open("a") as written:
        for verb in ("list", "get", "get"):
            written.write(event("helm-rollback", verb, "pods"))
    assert sent.most() == "2 x get pods, 1 x list pods"
