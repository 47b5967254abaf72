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

    def log(self, program: str) -> Path:
        """Return the log of ``program``."""
        return self.folder / f"{program}.log"
