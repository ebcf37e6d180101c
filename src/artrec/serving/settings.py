"""What the service is told at start: where the bundles are, where it listens, keys and limits."""

from __future__ import annotations

import os
import secrets
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any, Final, Self

from pydantic import Field, ValidationError, field_validator

from artrec.bundle.location import find_store
from artrec.config import Config
from artrec.data.exports.bounds import ExportBounds
from artrec.errors import ConfigError

PREFIX: Final = "ARTREC_SERVE_"
KEY_FILE: Final = "session.key"
LEAST_KEY: Final = 16


class Limits(Config):
    """Bounds on what a stranger may send; whatever exceeds one gets a clear answer.

    How many works, events and characters one call may hold is part of the API, and stands with
    its shapes (`artrec.serving.messages`).
    """

    body: int = Field(default=1 << 20, ge=1024, description="Bytes of a JSON body.")
    upload: int = Field(default=32 << 20, ge=1024, description="Bytes of an export file sent.")
    body_seconds: float = Field(
        default=15.0, gt=0, description="Seconds a client may take to send a small body."
    )
    body_rate: int = Field(
        default=20_000,
        ge=1,
        description="Bytes a second that a larger body must keep up: each such bytes that came "
        "give a second more.",
    )
    rate: float = Field(
        default=20.0, ge=0, description="Calls a second that one client may keep up; 0: no limit."
    )
    burst: int = Field(default=200, ge=1, description="Calls that one client may make at once.")
    exports: ExportBounds = Field(
        default_factory=ExportBounds, description="What an export file may hold."
    )


class ServingSettings(Config):
    """Everything the service is told; nothing else is read from the environment later."""

    store: Path = Field(description="Folder of the published bundles.")
    host: str = Field(default="127.0.0.1", description="Address to listen on.")
    port: int = Field(default=8000, ge=0, le=65535, description="Port; 0 takes a free one.")
    workers: int = Field(default=1, ge=1, le=64, description="Processes that answer calls.")
    database: str = Field(
        default="",
        description="SQLAlchemy URL of the feedback; empty: SQLite in `serving/feedback.db` "
        "beside the store.",
        repr=False,
    )
    redis: str = Field(
        default="", description="URL of a Redis for lists and rate limits; empty: none.", repr=False
    )
    secret: str = Field(
        default="",
        description="Key that session tokens are signed with; empty: made once and kept beside "
        "the store.",
        repr=False,
    )
    api_keys: tuple[str, ...] = Field(
        default=(), description="Keys of products that may act for every person.", repr=False
    )
    admin_key: str = Field(
        default="",
        description="Key of the administrator's calls; empty: there are none.",
        repr=False,
    )
    base_path: str = Field(
        default="", description="Path in front of every address, where a proxy adds one."
    )
    secure_cookies: bool = Field(
        default=False, description="Send the session's cookie over https only."
    )
    trusted_proxies: str = Field(
        default="", description="Addresses whose X-Forwarded-For names the client, by commas."
    )
    session_days: int = Field(default=365, ge=1, description="Days a session token is good for.")
    watch_seconds: float = Field(
        default=2.0, ge=0, description="Seconds between looks at CURRENT; 0: never looks."
    )
    limits: Limits = Field(default_factory=Limits, description="Bounds on what is sent.")

    @field_validator("admin_key", "secret")
    @classmethod
    def _long_enough(cls, key: str) -> str:
        if key and len(key) < LEAST_KEY:
            raise ValueError(f"a key has at least {LEAST_KEY} characters")
        return key

    @field_validator("api_keys", mode="before")
    @classmethod
    def _split_keys(cls, keys: Any) -> Any:
        return tuple(filter(None, keys.split(","))) if isinstance(keys, str) else keys

    @field_validator("api_keys")
    @classmethod
    def _all_long_enough(cls, keys: tuple[str, ...]) -> tuple[str, ...]:
        for key in keys:
            cls._long_enough(key)
        return keys

    @field_validator("base_path")
    @classmethod
    def _leading_slash(cls, path: str) -> str:
        path = path.strip("/")
        return f"/{path}" if path else ""

    @classmethod
    def told(cls, flags: Mapping[str, Any], environment: Mapping[str, str] | None = None) -> Self:
        """Settings from flags, and where one is None, from ``ARTREC_SERVE_<NAME>``.

        A limit is ``ARTREC_SERVE_LIMITS_<NAME>``, a bound on export files
        ``ARTREC_SERVE_LIMITS_EXPORTS_<NAME>``.

        Args:
            flags: Name of a field to its value; None counts as not given.
            environment: By default that of the process.

        Raises:
            ConfigError: A value does not fit, or a variable names no setting.
            BundleError: No store is named and none is found around the working directory.
        """
        found = _from_environment(os.environ if environment is None else environment)
        found |= {name: value for name, value in flags.items() if value is not None}
        found.setdefault("store", None)
        if found["store"] is None:
            found["store"] = find_store()
        try:
            return cls.model_validate(found)
        except ValidationError as error:
            first = error.errors(include_input=False)[0]
            name = ".".join(str(each) for each in first["loc"])
            message = first["msg"].removeprefix("Value error, ")
            raise ConfigError(
                f"the service's setting {name!r} does not fit: {message}",
                f"see `artrec serve --help`, and the variables {PREFIX}...",
            ) from error

    @property
    def state_folder(self) -> Path:
        """Where the service keeps what is its own: the database, the key."""
        return self.store.absolute().parent / "serving"

    @property
    def database_url(self) -> str:
        """URL of the feedback's database."""
        return self.database or f"sqlite:///{self.state_folder / 'feedback.db'}"

    def signing_key(self) -> str:
        """The key of session tokens; one that was not given is made once, mode 0600.

        Raises:
            ConfigError: The key can neither be read nor written.
        """
        return self.secret or _kept_key(self.state_folder / KEY_FILE)


def _from_environment(environment: Mapping[str, str]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for variable, value in environment.items():
        if not variable.startswith(PREFIX) or not value:
            continue
        name = variable.removeprefix(PREFIX).lower()
        place = found
        for part in ("limits", "exports"):
            if name.startswith(f"{part}_"):
                name = name.removeprefix(f"{part}_")
                place = place.setdefault(part, {})
        place[name] = value
    return found


def _kept_key(path: Path) -> str:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        draft = path.with_name(f".{path.name}.{os.getpid()}.{secrets.token_hex(4)}")
        handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "w", encoding="ascii") as stream:
            stream.write(secrets.token_urlsafe(32))
        try:
            with suppress(FileExistsError):  # the first of several workers wins
                os.link(draft, path)
        finally:
            draft.unlink()
        return path.read_text(encoding="ascii").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(
            f"the key of the sessions, {path}, cannot be kept: {error}",
            f"make its folder writable, or give the key in {PREFIX}SECRET",
        ) from error
