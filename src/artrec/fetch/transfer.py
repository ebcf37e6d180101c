"""One file over the network: resumed after a cut, tried again, bounded in size, time and hops.

Pooch and fsspec were weighed: neither resumes. What they would bring, requests brings alone.
"""

from __future__ import annotations

import json
import os
import re
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, TYPE_CHECKING, Final
from urllib.parse import urljoin, urlsplit

from tqdm import tqdm

from artrec.errors import FetchError
from artrec.fetch.disk import require_disk
from artrec.fetch.sources import SCHEMES, Network

if TYPE_CHECKING:
    from requests import Response, Session

BLOCK: Final = 1 << 16
HEADWAY: Final = 1 << 20  # bytes that make a try count as none in vain
REDIRECTS: Final = (301, 302, 303, 307, 308)
PASSING: Final = (408, 425, 429)  # refusals worth another try
ABSENT: Final = (404, 410)
CONTENT_RANGE = re.compile(r"bytes (\d+)-(\d+)/(\d+|\*)")


class AbsentError(FetchError):
    """The address answers that it has no such file."""


class UnreachableError(FetchError):
    """No try brought the file: there is no network, or the other side does not deliver."""


class _TryAgainError(Exception):
    """A try failed in a way that may pass."""

    def __init__(self, reason: str, wait: float | None = None) -> None:
        super().__init__(reason)
        self.wait = wait


@dataclass
class _Job:
    address: str
    part: Path
    most: int
    network: Network
    bar: tqdm[None]
    answered: bool = False
    ranges: bool = True
    notes: list[str] = field(default_factory=list)

    @property
    def had(self) -> int:
        return self.part.stat().st_size if self.part.exists() else 0

    @property
    def note(self) -> Path:
        return self.part.with_name(self.part.name + ".json")


def download(address: str, part: Path, most: int, network: Network) -> None:
    """Bring what stands at an address into a file, which is continued if it was begun.

    Args:
        address: An http or https address.
        part: Where it goes; after an error what came stays there, for the next time.
        most: More bytes than that are refused.
        network: Patience.

    Raises:
        AbsentError: The server has no such file.
        UnreachableError: No try brought it.
        FetchError: What answers cannot be what was wanted, or the disk is too small.
    """
    import requests

    label = address.rsplit("/", 1)[-1]
    with (
        requests.Session() as session,
        tqdm(desc=label, unit="B", unit_scale=True, disable=None, leave=False) as bar,
    ):
        job = _Job(address, part, most, network, bar)
        vain, furthest = 0, job.had
        while True:
            try:
                with _plain_errors(job):
                    _try_once(session, job)
                job.note.unlink(missing_ok=True)
                return
            except _TryAgainError as error:
                vain = 0 if job.had - furthest >= HEADWAY else vain + 1
                furthest = max(furthest, job.had)
                allowed = network.attempts if job.answered else network.unreachable_attempts
                if vain >= allowed:
                    raise UnreachableError(
                        f"{address} could not be fetched in {vain} tries: {error}",
                        _kept(job),
                    ) from error
                pause = error.wait if error.wait is not None else network.wait * 2 ** (vain - 1)
                time.sleep(max(0.0, min(pause, network.longest_wait)))


def _kept(job: _Job) -> str:
    had = job.had
    return f"{had:,} bytes of it are kept, and the next time goes on from there" if had else ""


@contextmanager
def _plain_errors(job: _Job) -> Iterator[None]:
    """Say which failures of the libraries below may pass, and which will not."""
    import requests
    import urllib3

    try:
        yield
    except requests.exceptions.SSLError as error:
        raise FetchError(
            f"{job.address}: the certificate of its host is not accepted: {error}",
            "a proxy may need its own certificate named in REQUESTS_CA_BUNDLE",
        ) from error
    except (requests.ConnectionError, requests.Timeout) as error:
        raise _TryAgainError(_reason(error)) from error
    except requests.RequestException as error:
        raise FetchError(f"{job.address} cannot be asked: {error}") from error
    except (urllib3.exceptions.HTTPError, ConnectionError, TimeoutError) as error:
        raise _TryAgainError(_reason(error)) from error


def _reason(error: BaseException) -> str:
    inner = error
    while isinstance(inner.__cause__ or inner.__context__, Exception):
        inner = inner.__cause__ or inner.__context__  # type: ignore[assignment]
    return f"{type(error).__name__}, {inner}"


def _try_once(session: Session, job: _Job) -> None:
    begin, headers = _resumption(job)
    with _opened(session, job, headers) as response:
        job.answered = True
        begin, total = _judged(response, job, begin)
        more = (total or begin) - begin
        require_disk(job.part.parent, job.address, more, job.network.spare_disk)
        job.bar.total = total
        job.bar.n = begin
        job.bar.refresh()
        with job.part.open("r+b" if begin else "wb") as file:
            file.seek(begin)
            _remember(job, response)  # only now: what it replaces may have been of another file
            _stream(response, job, file)
            file.flush()
            os.fsync(file.fileno())


def _resumption(job: _Job) -> tuple[int, dict[str, str]]:
    """Where to go on, and the headers that ask for it; only for the very same file."""
    headers = {"Accept-Encoding": "identity", "User-Agent": "artrec"}
    had = job.had
    if not had or not job.ranges:
        return 0, headers
    try:
        note = json.loads(job.note.read_text(encoding="utf-8"))
        same, validator = note["address"] == job.address, str(note["validator"])
    except (OSError, ValueError, KeyError, TypeError):
        return 0, headers
    if not same or not validator or had > job.most:
        return 0, headers
    return had, headers | {"Range": f"bytes={had}-", "If-Range": validator}


def _remember(job: _Job, response: Response) -> None:
    """Note which file the part is of: a strong entity tag, else when it was last changed."""
    tag = response.headers.get("ETag", "")
    validator = tag if tag.startswith('"') else response.headers.get("Last-Modified", "")
    note = {"address": job.address, "validator": validator}
    job.note.write_text(json.dumps(note), encoding="utf-8")


@contextmanager
def _opened(session: Session, job: _Job, headers: Mapping[str, str]) -> Iterator[Response]:
    """The answer, after redirects that stay on the web and do not give up encryption."""
    address = job.address
    for _ in range(job.network.redirects + 1):
        response = session.get(
            address,
            headers=dict(headers),
            stream=True,
            allow_redirects=False,
            timeout=job.network.timeout,
        )
        if response.status_code not in REDIRECTS:
            with response:
                yield response
            return
        response.close()
        target = urljoin(address, response.headers.get("Location", ""))
        old, new = urlsplit(address), urlsplit(target)
        if new.scheme not in SCHEMES or not new.hostname or (old.scheme, new.scheme) == SCHEMES:
            raise FetchError(
                f"{job.address} redirects to {target!r}, which is not followed",
                "only web addresses are, and never from https to http",
            )
        address = target
    raise FetchError(
        f"{job.address} redirects more than {job.network.redirects} times",
        "its page in `artrec data list --json` may name a newer address",
    )


def _judged(response: Response, job: _Job, begin: int) -> tuple[int, int | None]:
    """First byte that comes and size of the whole, as far as the answer says."""
    status = response.status_code
    if status in ABSENT:
        raise AbsentError(f"{job.address} does not exist there (status {status})")
    if status == 416 or (status == 206 and not _range_fits(response, begin)):
        job.ranges = False
        raise _TryAgainError("it answered with another part than was asked for")
    if status >= 500 or status in PASSING:
        after = response.headers.get("Retry-After", "")
        wait = float(after) if after.isdigit() else None
        raise _TryAgainError(f"status {status} {response.reason}", wait)
    if status not in {200, 206}:
        raise FetchError(
            f"{job.address} is refused: status {status} {response.reason}",
            "it may need an account, or its place has changed",
        )
    if response.headers.get("Content-Encoding", "identity") != "identity":
        raise FetchError(f"{job.address} comes encoded, which was not asked for")
    begin = begin if status == 206 else 0
    length = response.headers.get("Content-Length", "")
    total = begin + int(length) if length.isdigit() else None
    if total is not None and total > job.most:
        raise FetchError(
            f"{job.address} announces {total:,} bytes; at most {job.most:,} are expected",
            "it is another file than the one known",
        )
    return begin, total


def _range_fits(response: Response, begin: int) -> bool:
    found = CONTENT_RANGE.fullmatch(response.headers.get("Content-Range", ""))
    if not begin or not found or int(found[1]) != begin:
        return False
    length = response.headers.get("Content-Length", "")
    is_whole = found[3] == "*" or int(found[2]) + 1 == int(found[3])
    return is_whole and (not length.isdigit() or int(length) == int(found[2]) + 1 - begin)


def _stream(response: Response, job: _Job, file: IO[bytes]) -> None:
    """Write the body out block by block, as long as it comes and stays within bounds."""
    had = file.tell()
    since, mark = time.monotonic(), had
    while block := response.raw.read1(BLOCK, decode_content=False):
        had += len(block)
        if had > job.most:
            raise FetchError(
                f"{job.address} does not end after {job.most:,} bytes",
                "it is another file than the one known",
            )
        file.write(block)
        job.bar.update(len(block))
        elapsed = time.monotonic() - since
        if elapsed > job.network.timeout:
            if had - mark < job.network.slowest * elapsed:
                raise _TryAgainError(f"{had - mark:,} bytes in {elapsed:.0f} seconds")
            since, mark = time.monotonic(), had
