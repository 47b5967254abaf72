"""When stored credentials are given up for others, as far as no cluster is needed for it."""

import pytest

from helm_rollback_component.errors import OperationError
from helm_rollback_component.reconcile.present_credentials import accepted
from tests.support.api_server import Answer, running


def test_another_failure_than_a_refusal_is_no_reason_to_try_others() -> None:
    with running() as server:
        server.queue.append(Answer({}, status=400))
        with pytest.raises(OperationError) as caught:
            accepted((server.kubeconfig(), None), [(server.kubeconfig(user={"token": "a"}), None)])
        assert caught.value.reason == "BadRequest"
        assert len(server.asked) == 1
