"""The files of one control plane, all in its own folder."""

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Layout:
    """Names the files in ``folder``, which is also the programs' working directory."""

    folder: Path

    @property
    def kubeconfig(self) -> Path:
        """The admin's kubeconfig."""
        return self.folder / "kubeconfig"

    @property
    def tokens(self) -> Path:
        """The API server's static tokens."""
        return self.folder / "tokens.csv"

    @property
    def service_account_key(self) -> Path:
        """The key that signs service account tokens."""
        return self.folder / "service-account.key"

    @property
    def client_authority(self) -> Path:
        """The certificate authority of client certificates, and its key: two PEM blocks in one file."""
        return self.folder / "client-authority.pem"

    @property
    def certificates(self) -> Path:
        """Where the API server puts the certificate it makes for itself."""
        return self.folder / "certificates"

    @property
    def certificate(self) -> Path:
        """The API server's certificate."""
        return self.certificates / "apiserver.crt"

    @property
    def kwok_config(self) -> Path:
        """Kwok's settings and stages."""
        return self.folder / "kwok.yaml"

    @property
    def container_logs(self) -> Path:
        """The folder with what containers have logged."""
        return self.folder / "container-logs"

    @property
    def audit_policy(self) -> Path:
        """Which requests the API server records, if it records any."""
        return self.folder / "audit-policy.yaml"

    @property
    def audit_log(self) -> Path:
        """The API server's record of requests: one JSON object a line, an `audit.k8s.io/v1` Event."""
        return self.folder / "audit.log"

    @property
    def restart(self) -> Path:
        """For how many seconds the API server is to be away; there while that was not done yet."""
        return self.folder / "restart"

    def log(self, program: str) -> Path:
        """Return the log of ``program``."""
        return self.folder / f"{program}.log"
