"""The server's own log, without the secret parts of addresses."""

from typing import Any

from gunicorn.glogging import Logger

from gravida.web.masked import MaskSecretParts

_MASK = MaskSecretParts()


class MaskedLogger(Logger):  # type: ignore[misc]  # gunicorn carries no types
    """Gunicorn's logger: it names the address of a request that breaks before our pages see it."""

    def setup(self, cfg: Any) -> None:
        """As gunicorn's own, with every line masked."""
        super().setup(cfg)
        self.error_log.addFilter(_MASK)
