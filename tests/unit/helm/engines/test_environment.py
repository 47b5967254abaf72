"""What Helm sees of the caller's environment."""

from helm_rollback_component.helm.engines.environment import helm_environment


def test_what_plugins_and_proxies_need_stays() -> None:
    inherited = {
        "PATH": "/bin",
        "AWS_PROFILE": "work",
        "HTTPS_PROXY": "http://proxy",
        "HELM_PLUGINS": "/plugins",
    }

    assert helm_environment(inherited).items() >= inherited.items()


def test_helm_takes_the_proxy_that_we_take() -> None:
    found = helm_environment({"ALL_PROXY": "socks5://proxy"})

    assert found["HTTPS_PROXY"] == found["HTTP_PROXY"] == "socks5://proxy"


def test_what_would_redirect_helm_goes() -> None:
    redirecting = {
        "KUBECONFIG": "/other",
        "HELM_NAMESPACE": "other",
        "HELM_KUBECONTEXT": "other",
        "HELM_KUBETOKEN": "other",
        "HELM_KUBEAPISERVER": "other",
        "HELM_MAX_HISTORY": "1",
        "HELM_DEBUG": "1",
    }

    assert not helm_environment(redirecting).keys() & redirecting.keys()


def test_the_stacks_configuration_goes() -> None:
    configuration = {
        "PULUMI_CONFIG": '{"app:password": "s3cret"}',
        "PULUMI_CONFIG_SECRET_KEYS": '["app:password"]',
        "PULUMI_CONFIG_PASSPHRASE": "s3cret",
        "PULUMI_ACCESS_TOKEN": "s3cret",
    }

    assert not helm_environment(configuration).keys() & configuration.keys()


def test_records_are_always_secrets() -> None:
    assert helm_environment({"HELM_DRIVER": "sql"})["HELM_DRIVER"] == "secret"


def test_throttling_is_raised_unless_it_is_set() -> None:
    assert helm_environment({})["HELM_QPS"] == "500"
    assert helm_environment({"HELM_QPS": "7"})["HELM_QPS"] == "7"


def test_what_is_added_wins() -> None:
    assert helm_environment({"A": "1"}, {"A": "2"})["A"] == "2"
