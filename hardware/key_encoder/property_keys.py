"""The property's own keys, under which room keys are made: systemd's credential `property-key`, or a file.

Format and rules are those of any secret key of the property (`hardware/secret_keys.py`).
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

from hardware.key_encoder.credential import PropertyKeys
from hardware.secret_keys import SecretKeyError, create_keys, find_keys, load_keys

PropertyKeyError = SecretKeyError


def find_property_keys(file: str = "", environ: Mapping[str, str] = os.environ) -> PropertyKeys:
    """From `file` if one is named, else from systemd's credential `property-key`."""
    return find_keys(PropertyKeys, file, environ)


def load_property_keys(path: Path) -> PropertyKeys:
    """From a file of mode 0600 that belongs to who runs this; anything else is refused."""
    return load_keys(PropertyKeys, path)


def create_property_keys(path: Path) -> PropertyKeys:
    """Make a new secret in a new file (mode 0600) and load it. FileExistsError if there is one."""
    return create_keys(PropertyKeys, path)
