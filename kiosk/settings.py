"""kiosk.ini → typed settings. An error names file, section, key, what was found, what is allowed.

Each section stands in `sections.py`; here is what one says of another. Secrets never stand here: `credentials.py`
takes them from systemd's credentials or from a file of mode 0600 in the state directory.
"""

from __future__ import annotations

import configparser
from pathlib import Path
from typing import Any

from pydantic import ValidationError, model_validator

from hardware.readings import Kind
from kiosk.registration.law import document_from_age
from kiosk.sections import (
    BUILTIN,
    AccessSection,
    Device,
    HealthSection,
    HotelSection,
    Identity,
    Keys,
    Kiosk,
    MailSection,
    Otherwise,
    Registration,
    Require,
    Screen,
    Section,
    Slip,
)


class SettingsError(Exception):
    """kiosk.ini is wrong; one line per mistake, ready to be shown."""


class Settings(Section):
    """All of kiosk.ini."""

    kiosk: Kiosk = Kiosk()
    screen: Screen = Screen()
    hotel: HotelSection = HotelSection()
    identity: Identity = Identity()
    registration: Registration = Registration()
    slip: Slip = Slip()
    keys: Keys = Keys()
    access: AccessSection = AccessSection()
    health: HealthSection = HealthSection()
    mail: MailSection | None = None
    card_reader: Device | None = None
    document_reader: Device | None = None
    key_encoder: Device | None = None
    printer: Device | None = None
    scanner: Device | None = None

    @model_validator(mode="after")
    def _virtual_only_in_demo(self) -> Settings:
        """A demonstration never stands in a lobby by mistake: its devices are nowhere, its guests invented."""
        if self.kiosk.demo:
            return self
        for kind in DEVICES:
            device = getattr(self, kind)
            if device is not None and device.unreal:
                raise ValueError(f"[{kind}] address: found {device.address!r}, allowed only with [kiosk] demo = yes")
        if self.hotel.url == BUILTIN:
            raise ValueError("[hotel] url: found 'builtin', allowed only with [kiosk] demo = yes")
        return self

    @model_validator(mode="after")
    def _children_as_the_law_has_it(self) -> Settings:
        """A house may want documents of younger ones too, but not of fewer than the law."""
        wanted, law = self.identity.children_until, document_from_age(self.hotel.country)
        if wanted is not None and wanted > law:
            allowed = f"up to {law}" if law else "0 or nothing"
            raise ValueError(
                f"[identity] children_until: found '{wanted}', allowed: {allowed} with [hotel] country = {self.hotel.country}"
            )
        return self

    @model_validator(mode="after")
    def _fee_with_its_code(self) -> Settings:
        """A fee that can't be posted is found before the first guest agrees to it."""
        if not self.access.lost_key_fee:
            return self
        if not self.hotel.lost_key_code:
            raise ValueError("[hotel] lost_key_code: is missing, needed with an [access] lost_key_fee")
        if self.hotel.cashier is None and self.hotel.url != BUILTIN:
            raise ValueError("[hotel] cashier: is missing, needed with an [access] lost_key_fee and this [hotel] url")
        return self

    @property
    def children_until(self) -> int:
        """Guests below this age may be told by who travels with them; 0 where the law names no age."""
        wanted = self.identity.children_until
        return document_from_age(self.hotel.country) if wanted is None else wanted

    @model_validator(mode="after")
    def _cards_to_the_hotel_alone(self) -> Settings:
        """The built-in archive is a part of the built-in hotel: nobody else's gateway is sent signed cards."""
        if self.registration.archive == BUILTIN and self.hotel.url.startswith("https://"):
            raise ValueError("[registration] archive: found 'builtin', allowed: https:// with this [hotel] url")
        return self

    @property
    def doubts(self) -> tuple[str, ...]:
        """What is allowed and seldom meant: a line each."""
        policy, found = self.identity, []
        if (listen := self.health.listen) and not listen.startswith(("127.", "localhost:", "[::1]:")):
            found.append(f"[health] listen: {listen} tells everybody in that network how this terminal is")
        if policy.require is Require.ZONE:
            return tuple(found)
        lax = [name for name in _OTHERWISE if getattr(policy, name) is Otherwise.GO_ON]
        if len(lax) == len(_OTHERWISE):
            found.append(
                f"[identity] {', '.join(lax)}: all go-on, so nothing has to be proven: require = {policy.require} asks in vain"
            )
        elif policy.no_chip is Otherwise.GO_ON:
            found.append("[identity] no_chip: go-on lets every guest pass who says that the document has no chip")
        return tuple(found)

    def device(self, kind: str) -> Device | None:
        """The section of this kind, or None where the terminal has no such device."""
        device: Device | None = getattr(self, kind)
        return device


_OTHERWISE = ("unproven", "unknown_country", "no_chip")
DEVICES = tuple(kind.value for kind in Kind)


def load(path: Path) -> Settings:
    """Read kiosk.ini. SettingsError holds one line per mistake: file, section, key, found, allowed."""
    parser = configparser.ConfigParser(interpolation=None, strict=True, inline_comment_prefixes=None)
    try:
        with path.open(encoding="utf-8") as file:
            parser.read_file(file)
    except OSError as error:
        raise SettingsError(f"{path}: can't be read: {error.strerror}") from None
    except UnicodeDecodeError:
        raise SettingsError(f"{path}: is not UTF-8 text") from None
    except configparser.Error as error:
        raise SettingsError(f"{path}: {' '.join(str(error.message).split())}") from None
    sections = {name: dict(parser[name]) for name in parser.sections()}
    try:
        return Settings.model_validate(sections)
    except ValidationError as error:
        raise SettingsError("\n".join(_mistake(path, each) for each in error.errors())) from None


def _mistake(path: Path, error: Any) -> str:
    """One mistake as a line a person can act on."""
    where = [str(part) for part in error["loc"]]
    if not where:
        return f"{path}: {error['msg'].removeprefix('Value error, ')}"
    place = " ".join((f"[{where[0]}]", *where[1:2]))
    if error["type"] == "extra_forbidden":
        return f"{path}: {place}: is unknown; allowed: {_allowed_names(where)}"
    if error["type"] == "missing":
        return f"{path}: {place}: is missing"
    found = "" if isinstance(error["input"], dict) else f" found {str(error['input'])[:60]!r},"
    return f"{path}: {place}:{found} allowed: {_allowed(error)}"


_IN_WORDS = {
    "bool_parsing": "yes or no",
    "time_parsing": "a time of day such as 04:00",
    "float_parsing": "a number",
    "int_parsing": "a whole number",
}


def _allowed(error: Any) -> str:
    if error["type"] in _IN_WORDS:
        return _IN_WORDS[error["type"]]
    return str(error["msg"]).removeprefix("Input should be ").removeprefix("Value error, ")


def _allowed_names(where: list[str]) -> str:
    fields: Any = Settings.model_fields
    if len(where) > 1:
        fields = getattr(fields[where[0]].annotation, "model_fields", {})
    return ", ".join(fields)
