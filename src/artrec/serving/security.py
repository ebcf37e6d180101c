"""Who is asking: signed session tokens, API keys, the administrator's key; and safe headers."""

from __future__ import annotations

import base64
import hmac
import re
import secrets
import time
from dataclasses import dataclass
from typing import Final

from fastapi import Request
from itsdangerous import BadSignature, TimestampSigner
from starlette.responses import Response

from artrec.serving.problems import Problem
from artrec.serving.service import service_of
from artrec.serving.settings import ServingSettings

COOKIE: Final = "artrec_session"
REQUEST_HEADER: Final = "X-Artrec-Request"
ADMIN_HEADER: Final = "X-Artrec-Admin"
ME: Final = "me"
PERSON: Final = re.compile(r"p_[a-z2-7]{26}")
KNOWN_USER: Final = re.compile(r"[a-z_][a-z0-9_]*:.+", re.DOTALL)
SAFE_METHODS: Final = frozenset({"GET", "HEAD", "OPTIONS"})
LONGEST_TOKEN: Final = 200
SECONDS_A_DAY: Final = 86_400

HEADERS: Final = (
    (b"x-content-type-options", b"nosniff"),
    (b"x-frame-options", b"DENY"),
    (b"referrer-policy", b"same-origin"),
    (b"cross-origin-opener-policy", b"same-origin"),
    (b"cross-origin-resource-policy", b"same-origin"),
    (b"permissions-policy", b"camera=(), geolocation=(), microphone=()"),
    (
        b"content-security-policy",
        b"default-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'; "
        b"object-src 'none'",
    ),
    (b"artrec-api", b"1"),
)


@dataclass(frozen=True)
class Caller:
    """Who makes a request.

    Attributes:
        person: The session's person, None without a good token.
        trouble: Why a token that came is not good, empty otherwise.
        is_product: Whether a good API key came: it may act for every person.
        is_admin: Whether the administrator's key came.
    """

    person: str | None
    trouble: str
    is_product: bool
    is_admin: bool


class Sessions:
    """Makes and reads session tokens, and compares keys without telling how near a guess was.

    Args:
        settings: Where the keys stand.
    """

    def __init__(self, settings: ServingSettings) -> None:
        self._signer = TimestampSigner(settings.signing_key(), salt="artrec.session.1")
        self._seconds = settings.session_days * SECONDS_A_DAY
        self._secure = settings.secure_cookies
        self._path = settings.base_path or "/"
        self._api_keys = tuple(key.encode() for key in settings.api_keys)
        self._admin_key = settings.admin_key.encode()

    def begin(self, response: Response, person: str | None = None) -> tuple[str, int]:
        """Give an answer the cookie of a new person, or of the one named.

        Returns:
            The person, and when the token expires (unix seconds).
        """
        person = new_person() if person is None else person
        token = self._signer.sign(person).decode()
        response.set_cookie(
            COOKIE,
            token,
            max_age=self._seconds,
            path=self._path,
            secure=self._secure,
            httponly=True,
            samesite="lax",
        )
        return person, int(time.time()) + self._seconds

    def end(self, response: Response) -> None:
        """Take the cookie away."""
        response.delete_cookie(COOKIE, path=self._path, secure=self._secure, httponly=True)

    def person_of(self, token: str) -> tuple[str | None, str]:
        """The person of a token, or None and why it is not good."""
        if len(token) > LONGEST_TOKEN or not token.isascii():
            return None, "the session's token is not one of this service"
        try:
            named, signed = self._signer.unsign(token, return_timestamp=True)
            person = named.decode()
        except (BadSignature, UnicodeDecodeError):
            return None, "the session's token is not one of this service"
        # a token of the future is good: the clock was put back
        if self._signer.get_timestamp() - int(signed.timestamp()) > self._seconds:
            return None, "the session has expired"
        if PERSON.fullmatch(person) is None:
            return None, "the session's token is not one of this service"
        return person, ""

    def is_product(self, authorization: str) -> bool:
        """Whether an Authorization header holds a good API key."""
        kind, _, key = authorization.partition(" ")
        given = key.strip().encode()
        # all keys are compared, so that time tells nothing
        same = [hmac.compare_digest(given, each) for each in self._api_keys]
        return kind.lower() == "bearer" and any(same)

    def is_admin(self, key: str) -> bool:
        """Whether this is the administrator's key; never where none is set."""
        same = hmac.compare_digest(key.encode(), self._admin_key)
        return bool(self._admin_key) and same


def new_person() -> str:
    """A random person id: 128 bits as text."""
    return "p_" + base64.b32encode(secrets.token_bytes(16)).decode().rstrip("=").lower()


def caller_of(request: Request) -> Caller:
    """Who makes this request; never an error, whatever came."""
    sessions = service_of(request).sessions
    token = request.cookies.get(COOKIE, "")
    person, trouble = sessions.person_of(token) if token else (None, "")
    return Caller(
        person,
        trouble,
        sessions.is_product(request.headers.get("authorization", "")),
        sessions.is_admin(request.headers.get(ADMIN_HEADER, "")),
    )


def person_for(request: Request, user_id: str) -> str:
    """The person a call is about, if the caller may act for them.

    Args:
        request: The call.
        user_id: ``me`` or a person id.

    Raises:
        Problem: 401 without a session, 403 for somebody else's id, 404 for what is no person id.
    """
    caller = caller_of(request)
    if user_id == ME:
        if caller.person is None:
            raise _no_session(caller.trouble)
        return caller.person
    if PERSON.fullmatch(user_id) is None:
        raise Problem(404, "there is no such person", "write `me`, or a person's id (`p_...`)")
    if caller.is_product or caller.is_admin:
        return user_id
    if caller.person is None:
        raise _no_session(caller.trouble)
    if not hmac.compare_digest(caller.person, user_id):
        raise Problem(
            403,
            "this session is not that person's",
            "a person's data can be seen with their own session or an API key only",
        )
    return user_id


def require_product(request: Request) -> None:
    """Let only products with an API key (and the administrator) pass.

    Raises:
        Problem: 401 without a good key.
    """
    caller = caller_of(request)
    if not (caller.is_product or caller.is_admin):
        raise Problem(
            401,
            "this needs an API key",
            "send the header `Authorization: Bearer KEY`",
            {"WWW-Authenticate": "Bearer"},
        )


def require_admin(request: Request) -> None:
    """Let only the administrator pass.

    Raises:
        Problem: 401 without the key.
    """
    if not caller_of(request).is_admin:
        raise Problem(
            401,
            "this needs the administrator's key",
            f"send it in the header `{ADMIN_HEADER}`",
            {"WWW-Authenticate": "X-Artrec-Admin"},
        )


def _no_session(trouble: str) -> Problem:
    return Problem(
        401,
        trouble or "there is no session",
        "begin one with POST /api/session; its cookie comes with the answer",
        {"WWW-Authenticate": "Cookie"},
    )
