"""A client to be killed: brings the release to what standard input declares (JSON), as its owner does."""

from __future__ import annotations

import json
import sys

from helm_rollback_component.config import HelmConfig
from helm_rollback_component.core.records.owner import Identity
from helm_rollback_component.operations import HelmOperations
from tests.contract.laboratory import OWNER
from tools import one_helm

if __name__ == "__main__":
    one_helm.watch_workers()
    HelmOperations(HelmConfig.parse(json.load(sys.stdin)), identity=Identity(OWNER, "first")).upgrade()
