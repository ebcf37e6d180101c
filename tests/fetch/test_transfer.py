"""One file from servers that cut, stall, lie, send elsewhere, refuse or never end."""

from __future__ import annotations

import io
import socket
import time
from pathlib import Path
from typing import Any

import pytest

from artrec.errors import FetchError
from artrec.fetch.sources import Network
from artrec.fetch.transfer import AbsentError, UnreachableError, download
from hostile_server import (
    Site,
    cut,
    dripping,
    endless,
    first,
    good,
    raw,
    redirect,
    stalled,
    status,
)

FILE = bytes(range(256)) * 40  # 10,240 bytes, no two places alike within 256
MOST = len(FILE)


@pytest.fixture
def part(tmp_path: Path) -> Path:
    return tmp_path / "songs.csv.part"


def test_a_file_comes(site: Site, part: Path, network: Network) -> None:
    download(site.serve("/f", FILE), part, MOST, network)
    assert part.read_bytes() == FILE
    assert [each.name for each in part.parent.iterdir()] == [part.name]


def test_after_a_cut_it_goes_on_where_it_was(site: Site, part: Path, network: Network) -> None:
    download(site.serve("/f", cut(FILE, after=6000)), part, MOST, network)
    assert part.read_bytes() == FILE
    assert site.asked("/f") == [None, "bytes=6000-"]


def test_a_later_run_goes_on_too(site: Site, part: Path, network: Network) -> None:
    address = site.serve("/f", cut(FILE, after=6000, times=3))
    once = network.model_copy(update={"attempts": 1})
    with pytest.raises(UnreachableError, match=r"6,000 of 10,240 bytes|IncompleteRead") as raised:
        download(address, part, MOST, once)
    assert "6,000 bytes of it are kept" in raised.value.hint
    site.serve("/f", FILE)
    download(address, part, MOST, once)
    assert part.read_bytes() == FILE
    assert site.asked("/f") == [None, "bytes=6000-"]


def test_what_has_changed_since_is_not_joined(site: Site, part: Path, network: Network) -> None:
    """The server sees another If-Range and sends the whole new file."""
    new = b"new" * 1000
    address = site.serve("/f", first(cut(FILE, after=1000), good(new, tag='"2"')))
    download(address, part, MOST, network)
    assert part.read_bytes() == new


def test_without_a_validator_it_begins_anew(site: Site, part: Path, network: Network) -> None:
    begun = raw(200, FILE[:6000], Content_Length=len(FILE))
    download(site.serve("/f", first(begun, good(FILE))), part, MOST, network)
    assert part.read_bytes() == FILE
    assert site.asked("/f") == [None, None]


def test_a_part_of_another_address_is_not_gone_on_with(
    site: Site, part: Path, network: Network
) -> None:
    once = network.model_copy(update={"attempts": 1})
    with pytest.raises(UnreachableError):
        download(site.serve("/a", cut(FILE[::-1], after=500)), part, MOST, once)
    download(site.serve("/b", FILE), part, MOST, once)
    assert part.read_bytes() == FILE
    assert site.asked("/b") == [None]


def test_a_server_without_ranges_is_asked_for_all(site: Site, part: Path, network: Network) -> None:
    whole = raw(200, FILE, Content_Length=len(FILE), ETag='"1"')
    download(site.serve("/f", first(cut(FILE, after=6000), whole)), part, MOST, network)
    assert part.read_bytes() == FILE


@pytest.mark.parametrize(
    "headers",
    [
        {"Content_Range": "bytes 0-10239/10240", "Content_Length": 10240},
        {"Content_Range": "bytes 5000-10239/10240", "Content_Length": 5240},
        {"Content_Range": "bytes 6000-7000/10240", "Content_Length": 1001},
        {"Content_Range": "bytes 6000-10239/10240", "Content_Length": 10},
        {"Content_Range": "bytes 5000-10239/10240"},
        {"Content_Range": "nonsense", "Content_Length": 4240},
        {"Content_Length": 4240},
    ],
    ids=[
        "from the start",
        "too early",
        "not to the end",
        "other length",
        "no length",
        "nonsense",
        "unsaid",
    ],
)
def test_a_range_answered_wrongly_is_not_taken(
    site: Site, part: Path, network: Network, headers: dict[str, Any]
) -> None:
    wrong = raw(206, FILE[: headers.get("Content_Length", 5240)], ETag='"1"', **headers)
    address = site.serve("/f", first(cut(FILE, after=6000), wrong, good(FILE)))
    download(address, part, MOST, network)
    assert part.read_bytes() == FILE
    assert site.asked("/f") == [None, "bytes=6000-", None]


def test_a_part_that_is_longer_than_the_file_begins_anew(
    site: Site, part: Path, network: Network
) -> None:
    short = FILE[:1000]
    address = site.serve("/f", first(cut(FILE, after=6000), status(416), good(short)))
    download(address, part, MOST, network)
    assert part.read_bytes() == short


def test_a_stall_ends_and_it_goes_on(site: Site, part: Path, network: Network) -> None:
    hasty = network.model_copy(update={"timeout": 0.3})
    started = time.monotonic()
    download(site.serve("/f", stalled(FILE, after=6000, seconds=30)), part, MOST, hasty)
    assert part.read_bytes() == FILE
    assert time.monotonic() - started < 15  # of the 30 the server would have kept silent


def test_bytes_that_drip_count_as_a_stall(site: Site, part: Path, network: Network) -> None:
    hasty = network.model_copy(update={"timeout": 0.3})
    download(site.serve("/f", dripping(FILE, pause=0.05)), part, MOST, hasty)
    assert part.read_bytes() == FILE
    assert len(site.asked("/f")) >= 2


def test_a_passing_trouble_is_tried_again(site: Site, part: Path, network: Network) -> None:
    address = site.serve("/f", first(status(500), status(429, Retry_After=1), good(FILE)))
    download(address, part, MOST, network)
    assert part.read_bytes() == FILE


def test_tries_are_bounded(site: Site, part: Path, network: Network) -> None:
    with pytest.raises(UnreachableError, match=r"in 3 tries: status 503"):
        download(site.serve("/f", status(503)), part, MOST, network)
    assert len(site.requests) == 3


def test_a_server_that_cuts_at_every_try_is_given_up(
    site: Site, part: Path, network: Network
) -> None:
    address = site.serve("/f", raw(200, FILE[:9], Content_Length=len(FILE)))
    with pytest.raises(UnreachableError, match="in 3 tries"):
        download(address, part, MOST, network)


@pytest.mark.parametrize("code", [404, 410])
def test_what_is_not_there_is_not_asked_for_again(
    site: Site, part: Path, network: Network, code: int
) -> None:
    with pytest.raises(AbsentError, match=f"status {code}"):
        download(site.serve("/f", status(code)), part, MOST, network)
    assert len(site.requests) == 1


def test_a_refusal_is_not_asked_again(site: Site, part: Path, network: Network) -> None:
    with pytest.raises(FetchError, match="refused: status 403"):
        download(site.serve("/f", status(403)), part, MOST, network)
    assert len(site.requests) == 1


def test_redirects_are_followed(site: Site, part: Path, network: Network) -> None:
    site.serve("/f", FILE)
    address = site.serve("/old", redirect("/f"))
    download(address, part, MOST, network)
    assert part.read_bytes() == FILE


def test_a_circle_of_redirects_ends(site: Site, part: Path, network: Network) -> None:
    address = site.serve("/a", redirect("/b"))
    site.serve("/b", redirect("/a"))
    with pytest.raises(FetchError, match="redirects more than 3 times"):
        download(address, part, MOST, network)
    assert len(site.requests) == 4


@pytest.mark.parametrize(
    "target", ["file:///etc/hostname", "ftp://127.0.0.1/f", "data:text/plain,x", "gopher://x/f"]
)
def test_a_redirect_off_the_web_is_not_followed(
    site: Site, part: Path, network: Network, target: str
) -> None:
    with pytest.raises(FetchError, match="not followed"):
        download(site.serve("/f", redirect(target)), part, MOST, network)
    assert not part.exists()


def test_a_redirect_that_gives_up_encryption_is_not_followed(
    part: Path, network: Network, monkeypatch: pytest.MonkeyPatch
) -> None:
    import requests

    def answer(self: object, address: str, **options: object) -> requests.Response:
        response = requests.Response()
        response.status_code = 302
        response.raw = io.BytesIO()
        response.headers["Location"] = "http://plain.example/f"
        return response

    monkeypatch.setattr(requests.Session, "get", answer)
    with pytest.raises(FetchError, match="never from https to http"):
        download("https://safe.example/f", part, MOST, network)


def test_more_than_expected_is_refused_before_it_comes(
    site: Site, part: Path, network: Network
) -> None:
    with pytest.raises(FetchError, match=r"announces 10,240 bytes; at most 10,000"):
        download(site.serve("/f", FILE), part, 10_000, network)
    assert not part.exists()


def test_a_body_without_end_is_left(site: Site, part: Path, network: Network) -> None:
    with pytest.raises(FetchError, match=r"does not end after 10,240 bytes"):
        download(site.serve("/f", endless(FILE)), part, MOST, network)
    assert part.stat().st_size <= MOST


def test_an_encoded_answer_is_refused(site: Site, part: Path, network: Network) -> None:
    reply = raw(200, FILE, Content_Length=len(FILE), Content_Encoding="gzip")
    with pytest.raises(FetchError, match="comes encoded"):
        download(site.serve("/f", reply), part, MOST, network)


def test_a_full_disk_is_said_before_anything_comes(
    site: Site, part: Path, network: Network
) -> None:
    greedy = network.model_copy(update={"spare_disk": 1 << 60})
    with pytest.raises(FetchError, match="of disk"):
        download(site.serve("/f", FILE), part, MOST, greedy)
    assert not part.exists()


def test_nobody_there(part: Path, network: Network) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))  # nobody listens
        address = f"http://127.0.0.1:{taken.getsockname()[1]}/f"
        with pytest.raises(UnreachableError, match=r"in 2 tries: .*refused"):
            download(address, part, MOST, network)


def test_nothing_is_printed_without_a_terminal(
    site: Site, part: Path, network: Network, capfd: pytest.CaptureFixture[str]
) -> None:
    download(site.serve("/f", FILE), part, MOST, network)
    assert capfd.readouterr() == ("", "")
