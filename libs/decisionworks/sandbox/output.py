"""Keep the beginning and the end of what a command says, however much it says."""

from __future__ import annotations

from collections import deque


class CappedOutput:
    """Takes any amount of output and keeps the first and the last half of a limit."""

    def __init__(self, limit_bytes: int) -> None:
        self._half = max(1, limit_bytes // 2)
        self._head = bytearray()
        self._tail: deque[bytes] = deque()
        self._tail_bytes = 0
        self._dropped = 0

    def add(self, data: bytes) -> None:
        """Take the next piece."""
        room = self._half - len(self._head)
        self._head += data[:room]
        rest = data[room:] if room < len(data) else b""
        if rest:
            self._tail.append(rest)
            self._tail_bytes += len(rest)
        while self._tail and self._tail_bytes - len(self._tail[0]) >= self._half:
            gone = self._tail.popleft()
            self._tail_bytes -= len(gone)
            self._dropped += len(gone)

    @property
    def is_truncated(self) -> bool:
        """Whether something in the middle is left out."""
        return self._dropped > 0 or self._tail_bytes > self._half

    def value(self) -> bytes:
        """What is kept, with a note where something is left out."""
        tail = b"".join(self._tail)
        excess = max(0, len(tail) - self._half)
        dropped = self._dropped + excess
        if not dropped:
            return bytes(self._head) + tail
        return bytes(self._head) + f"\n[... {dropped} bytes left out ...]\n".encode() + tail[excess:]
