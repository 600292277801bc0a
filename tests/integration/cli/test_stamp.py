"""A start skips the preparation only where the database itself says that it is prepared."""

from __future__ import annotations

from pathlib import Path

import psycopg
import pytest

from decisionworks.cli.supervisor.stamp import is_prepared, remember
from tests.conftest import ADMIN_TOKEN


def test_a_database_that_was_prepared_is_recognised(tmp_path: Path, clean_database: str) -> None:
    assert not is_prepared(tmp_path, clean_database, token=ADMIN_TOKEN)

    remember(tmp_path, clean_database, token=ADMIN_TOKEN)

    assert is_prepared(tmp_path, clean_database, token=ADMIN_TOKEN)


@pytest.mark.parametrize(
    ("change", "back"),
    [
        (
            "UPDATE alembic_version SET version_num = version_num || 'x'",
            "UPDATE alembic_version SET version_num = rtrim(version_num, 'x')",
        ),
        ("DELETE FROM api_keys", "SELECT 1"),
        (
            "INSERT INTO checkpoint_migrations SELECT max(v) + 1 FROM checkpoint_migrations",
            "DELETE FROM checkpoint_migrations WHERE v = (SELECT max(v) FROM checkpoint_migrations)",
        ),
    ],
)
def test_a_database_that_changed_is_prepared_again(tmp_path: Path, clean_database: str, change: str, back: str) -> None:
    remember(tmp_path, clean_database, token=ADMIN_TOKEN)

    with psycopg.connect(clean_database, autocommit=True) as connection:
        connection.execute(change)
        seen = is_prepared(tmp_path, clean_database, token=ADMIN_TOKEN)
        connection.execute(back)

    assert not seen


def test_another_token_has_to_be_installed_first(tmp_path: Path, clean_database: str) -> None:
    remember(tmp_path, clean_database, token=ADMIN_TOKEN)

    assert not is_prepared(tmp_path, clean_database, token="dw_00000000000b_another-another-another-another")


def test_an_unreachable_database_is_not_prepared_and_leaves_no_stamp(tmp_path: Path) -> None:
    remember(tmp_path, "postgresql://postgres@127.0.0.1:1/none", token=ADMIN_TOKEN)

    assert list(tmp_path.iterdir()) == []
