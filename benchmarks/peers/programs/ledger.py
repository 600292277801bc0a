"""What a stretch of work cost the database, read before and after it."""

from __future__ import annotations

import os
import time

import psycopg

_READ = """
SELECT pg_snapshot_xmax(pg_current_snapshot())::text::bigint,
    pg_wal_lsn_diff(pg_current_wal_lsn(), '0/0')::bigint,
    (SELECT xact_commit FROM pg_stat_database WHERE datname = current_database())
"""
_STATISTICS_LATE_S = 1.3  # backends report their counts about once a second


class Ledger:
    """Counts from now on.

    `commits` are transactions that wrote (each took a transaction number), `transactions` all of them, reads included.
    """

    def __init__(self, url: str | None = None) -> None:
        self._url = url or os.environ["BENCH_URL"]
        self._before = self._read()

    def cost(self, runs: int) -> dict[str, float]:
        """The cost per run since this ledger was opened."""
        commits, wal, _ = (now - then for now, then in zip(self._read(), self._before, strict=True))
        time.sleep(_STATISTICS_LATE_S)
        transactions = self._read()[2] - self._before[2]
        return {
            "commits_per_run": round(commits / runs, 2),
            "transactions_per_run": round(transactions / runs, 2),
            "wal_kb_per_run": round(wal / runs / 1024, 2),
        }

    def _read(self) -> tuple[int, ...]:
        with psycopg.connect(self._url, autocommit=True) as connection:
            row = connection.execute(_READ).fetchone()
        assert row is not None
        return tuple(map(int, row))
