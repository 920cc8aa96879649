"""Logs without secrets: the unguessable part of an address, which opens something, is never written down."""

import logging
import re

# Longer than any word of our own addresses; tokens have 32 signs or more.
_SECRET_PART = re.compile(r"(?<=[/=])[A-Za-z0-9_-]{24,}(?=[/&#\s]|\b|$)")


class MaskSecretParts(logging.Filter):
    """Write `/message/-/` where the address holds a token."""

    def filter(self, record: logging.LogRecord) -> bool:
        text = record.getMessage()
        masked = _SECRET_PART.sub("-", text)
        if masked != text:
            record.msg, record.args = masked, None
        return True
