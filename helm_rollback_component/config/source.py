"""The section of the inputs that says where the chart comes from, with the documentation of each input."""

from __future__ import annotations

import re
from typing import Self
from urllib.parse import urlsplit

from pydantic import Field, model_validator

from helm_rollback_component.config.constraints import NonEmpty, Part, refusal
from helm_rollback_component.inputs.chart_source import OCI_SCHEME, is_local, passwords_in

_EXACT_VERSION = re.compile(r"v?\d+\.\d+\.\d+([-+_].*)?")
_OCI_REFERENCE = re.compile(r"oci://[^/]+/.*[^/]")


class SourceConfig(Part):
    """Where the chart comes from: a folder or archive, a repository, or an OCI registry."""

    chart: NonEmpty
    """The chart: the path of a folder or an archive, a chart's name in `repository`, or
    `oci://registry/path/name`. Required.
    """
    repository: NonEmpty | None = None
    """URL of the chart repository, below which its index.yaml is. Not allowed for an `oci://` chart.
    Default: none.
    """
    version: NonEmpty | None = None
    """The exact chart version, such as `1.2.3`. Required for a chart that is fetched, not allowed for a path.
    Default: none.
    """
    dependency_update: bool = False
    """Fetch the dependencies of a local chart before it is deployed. Default: False."""
    verify: bool = False
    """Check the signature of the chart, which must be an archive. Default: False."""
    keyring: NonEmpty | None = None
    """Path of the file with the public keys for `verify`, which it needs; without it, GnuPG's own keyring is
    used. Default: none.
    """
    username: NonEmpty | None = None
    """User name for the repository or the registry. Default: none."""
    password: NonEmpty | None = Field(default=None, repr=False)
    """Password for the repository or the registry; always a secret in the state. Default: none."""
    ca_file: NonEmpty | None = None
    """Path of the certificate authority of the repository or the registry. Default: none."""
    cert_file: NonEmpty | None = None
    """Path of the client certificate for the repository or the registry. Default: none."""
    key_file: NonEmpty | None = None
    """Path of the key of the client certificate. Default: none."""
    plain_http: bool = False
    """Use HTTP instead of HTTPS for an `oci://` registry. Default: False."""
    insecure_skip_tls_verify: bool = False
    """Do not check the TLS certificate of the repository or the registry. Default: False."""

    @property
    def local(self) -> bool:
        """Whether the chart is a folder or archive on this machine."""
        return is_local(self.chart, self.repository)

    @model_validator(mode="after")
    def _one_kind_of_source(self) -> Self:
        if self.repository and self.chart.startswith(OCI_SCHEME):
            raise refusal(
                "repository", "an oci:// chart already names its registry; remove repository", "chart"
            )
        if self.chart.startswith(OCI_SCHEME) and passwords_in(self.chart):
            raise refusal(
                "chart",
                "a login in an oci:// reference would be an argument of Helm, which every process of the "
                "machine can read; remove it from chart, and set username and password",
            )
        if self.local and self.version:
            raise refusal(
                "version",
                "the version of a local chart is the one in its Chart.yaml; remove version",
                "chart",
                "repository",
            )
        if not self.local and not self.version:
            raise refusal(
                "version",
                "required for a chart that is fetched: without it, each update could deploy another version",
                "chart",
                "repository",
            )
        if self.version and not _EXACT_VERSION.fullmatch(self.version):
            raise refusal("version", "must be one exact, complete version, such as 1.2.3")
        return self

    @model_validator(mode="after")
    def _address_can_be_asked(self) -> Self:
        if self.repository is not None and not _is_http(self.repository):
            raise refusal(
                "repository",
                "must be the HTTP address of a chart repository, such as https://charts.example.com; for a "
                "chart in a registry, set chart alone, such as oci://registry.example.com/charts/web",
            )
        if self.chart.startswith(OCI_SCHEME) and not _OCI_REFERENCE.match(self.chart):
            raise refusal("chart", "must name a registry and a chart in it, such as oci://registry/path/name")
        if self.local and _is_http(self.chart):
            raise refusal(
                "chart",
                "is an address; set repository to that of its repository, and chart to the chart's name",
                "repository",
            )
        return self

    @model_validator(mode="after")
    def _each_input_has_an_effect(self) -> Self:
        if self.keyring and not self.verify:
            raise refusal("keyring", "has no effect without verify; set verify, or remove it", "verify")
        if self.key_file and not self.cert_file:
            raise refusal("key_file", "has no effect without cert_file; set both, or remove it", "cert_file")
        if self.password and not self.username:
            raise refusal("password", "has no effect without username; set both, or remove it", "username")
        if self.plain_http and self.local:
            raise refusal(
                "plain_http",
                "has no effect for a chart on this machine; remove it",
                "chart",
                "repository",
            )
        return self


def _is_http(address: str) -> bool:
    try:
        parts = urlsplit(address)
        return parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        return False
