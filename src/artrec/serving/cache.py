"""Lists that were computed, kept for a while: in the process, and in Redis for all workers.

A wrong list is never given, whatever Redis does: a key names everything the list was computed from
(the person's revision, the bundle's version, the question), what Redis holds is signed together
with that key, and what does not verify is a miss. `invalidate` therefore only frees memory, and
keeps a deleted person's lists from lingering.
"""

from __future__ import annotations

import hashlib
import hmac
import threading
from collections import OrderedDict
from typing import Final

from artrec.serving.redis_link import RedisLink

MOST_BYTES: Final = 16 << 20  # of lists in one process
LONGEST: Final = 512 << 10  # bytes of one list
SECONDS: Final = 900  # in Redis
NAMESPACE: Final = b"artrec:lists:"
SIGNATURE: Final = 16


class ListCache:
    """Lists by person and by what they were computed from; threads may share it.

    Args:
        secret: Signs what is in Redis; one key for all workers.
        link: Redis, None to keep lists in this process alone.

    Attributes:
        hits: Lists found here.
        shared_hits: Lists found in Redis.
        misses: Lists that were not found.
        damaged: What came from Redis and did not verify.
    """

    def __init__(self, secret: str, link: RedisLink | None = None) -> None:
        self._secret = hashlib.sha256(b"artrec lists " + secret.encode()).digest()
        self._link = link
        self._lock = threading.Lock()
        self._kept: OrderedDict[tuple[str, bytes], bytes] = OrderedDict()
        self._of_person: dict[str, set[bytes]] = {}
        self._bytes = 0
        self.hits = self.shared_hits = self.misses = self.damaged = 0

    def get(self, person: str, *question: object) -> bytes | None:
        """A list, None where it must be computed.

        Args:
            person: Whose.
            question: Everything it was computed from: the person's revision first.
        """
        digest = _digest(person, question)
        with self._lock:
            kept = self._kept.get((person, digest))
            if kept is not None:
                self._kept.move_to_end((person, digest))
                self.hits += 1
                return kept
        found = self._from_redis(person, digest)
        with self._lock:
            if found is None:
                self.misses += 1
            else:
                self.shared_hits += 1
                self._keep(person, digest, found)
        return found

    def put(self, person: str, *question: object, answer: bytes) -> None:
        """Keep a list; the arguments are those of `get`."""
        if len(answer) > LONGEST:
            return
        digest = _digest(person, question)
        with self._lock:
            self._keep(person, digest, answer)
        if self._link is not None:
            name, value = self._name(person), self._sign(person, digest, answer) + answer

            def store(client):  # type: ignore[no-untyped-def]
                pipe = client.pipeline(transaction=False)
                pipe.hset(name, digest, value)
                pipe.expire(name, SECONDS)
                return pipe.execute()

            self._link.ask(store)

    def invalidate(self, person: str) -> None:
        """Drop every list of a person, here and in Redis."""
        with self._lock:
            for digest in self._of_person.pop(person, set()):
                self._bytes -= len(self._kept.pop((person, digest)))
        if self._link is not None:
            name = self._name(person)
            self._link.ask(lambda client: client.unlink(name))

    @property
    def is_shared(self) -> bool:
        """Whether lists are in Redis too, which an event loop should not wait for."""
        return self._link is not None

    def clear(self) -> None:
        """Drop every list of this process."""
        with self._lock:
            self._kept.clear()
            self._of_person.clear()
            self._bytes = 0

    def close(self) -> None:
        """Let go of Redis."""
        if self._link is not None:
            self._link.close()

    def _from_redis(self, person: str, digest: bytes) -> bytes | None:
        if self._link is None:
            return None
        name = self._name(person)
        value = self._link.ask(lambda client: client.hget(name, digest))
        if value is None:
            return None
        if isinstance(value, bytes):
            signature, answer = value[:SIGNATURE], value[SIGNATURE:]
            if hmac.compare_digest(signature, self._sign(person, digest, answer)):
                return answer
        with self._lock:
            self.damaged += 1
        return None

    def _keep(self, person: str, digest: bytes, answer: bytes) -> None:
        old = self._kept.pop((person, digest), b"")
        self._kept[person, digest] = answer
        self._of_person.setdefault(person, set()).add(digest)
        self._bytes += len(answer) - len(old)
        while self._bytes > MOST_BYTES:
            (whose, oldest), dropped = self._kept.popitem(last=False)
            self._bytes -= len(dropped)
            left = self._of_person[whose]
            left.discard(oldest)
            if not left:
                del self._of_person[whose]

    def _name(self, person: str) -> bytes:
        # a person's id opens nothing, but is nobody's business in Redis either
        return NAMESPACE + self._mac(b"person", person.encode())

    def _sign(self, person: str, digest: bytes, answer: bytes) -> bytes:
        return self._mac(person.encode(), digest, answer)

    def _mac(self, *parts: bytes) -> bytes:
        mac = hashlib.blake2b(key=self._secret, digest_size=SIGNATURE)
        for part in parts:
            mac.update(len(part).to_bytes(8, "big") + part)
        return mac.digest()


def _digest(person: str, question: tuple[object, ...]) -> bytes:
    text = "\x1f".join([person, *(repr(each) for each in question)])
    return hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=16).digest()
