"""`decisionworks prices` as a process, against a price list service in another process."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

from decisionworks.costs import parse_price_book

FAKE = Path(__file__).parents[2] / "fakes" / "price_list.py"


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    pytest.importorskip("boto3")
    with subprocess.Popen([sys.executable, str(FAKE)], stdout=subprocess.PIPE, text=True) as service:
        assert service.stdout is not None
        yield service.stdout.readline().strip()
        service.terminate()


def run(
    *arguments: str, address: str | None = None, key: str = "allowed", home: Path
) -> subprocess.CompletedProcess[str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("AWS_")}
    environment = kept | {"HOME": str(home), "AWS_EC2_METADATA_DISABLED": "true"}
    if address is not None:
        environment |= {
            "AWS_ENDPOINT_URL_PRICING": address,
            "AWS_ACCESS_KEY_ID": key,
            "AWS_SECRET_ACCESS_KEY": "not-a-secret",  # pragma: allowlist secret
        }
    return subprocess.run(
        [sys.executable, "-m", "decisionworks.cli.main", "prices", *arguments],
        env=environment, cwd=home, capture_output=True, text=True, check=False, timeout=60,
    )  # fmt: skip


def test_current_prices_become_a_dated_table_and_the_difference_is_shown(address: str, tmp_path: Path) -> None:
    done = run("refresh", "--only", "ec2.t", "--out", "tables", "--json", address=address, home=tmp_path)

    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    table = tmp_path / told["table"]
    book = parse_price_book(table.read_bytes())
    assert table.name == f"prices-{book.captured}.yaml"
    assert told["changes"] == [
        {"price": "ec2.t3.medium.hour", "region": "eu-west-1", "before": None, "after": 0.0456},
        {"price": "ec2.t3.medium.hour", "region": "us-east-1", "before": 0.0416, "after": 0.04},
    ]
    assert (book.by_id["ec2.t3.medium.hour"].confidence, book.by_id["ec2.t3.medium.hour"].as_of) == (
        "high",
        book.captured,
    )
    assert book.by_id["ec2.c6i.large.hour"].as_of == "2026-01-19"


def test_an_answer_that_is_not_plain_leaves_the_old_price_and_says_why(address: str, tmp_path: Path) -> None:
    done = run("refresh", "--only", "ec2.t", "--json", address=address, home=tmp_path)

    unread = {(row["price"], row["region"]): row["why"] for row in json.loads(done.stdout)["unread"]}
    assert unread["ec2.t4g.small.hour", "us-east-1"] == "2 different prices fit"
    assert unread["ec2.t3.large.hour", "eu-west-1"] == "not offered there"
    assert ("ec2.t3.large.hour", "us-east-1") not in unread


def test_a_price_of_one_call_becomes_the_price_of_a_million(address: str, tmp_path: Path) -> None:
    done = run(
        "refresh", "--only", "lambda.requests", "--region", "us-east-1", "--json", address=address, home=tmp_path
    )

    assert json.loads(done.stdout)["read"] == 1
    assert json.loads(done.stdout)["changes"] == []


def test_two_tables_are_compared_in_words(address: str, tmp_path: Path) -> None:
    refreshed = run("refresh", "--only", "ec2.t3", address=address, home=tmp_path)
    table = refreshed.stdout.strip().splitlines()[-1]

    compared = run("diff", table, home=tmp_path)

    assert "2 prices differ" in compared.stdout
    assert "ec2.t3.medium.hour in us-east-1: 0.0416 -> 0.04 USD  -3.8%" in compared.stdout
    assert yaml.safe_load((tmp_path / table).read_bytes())["sources"][-1]["id"] == "aws_price_list"


def test_without_credentials_nothing_is_written_and_the_exit_code_says_so(tmp_path: Path) -> None:
    pytest.importorskip("boto3")

    refused = run("refresh", home=tmp_path)

    assert refused.returncode == 7
    assert "no AWS credentials were found" in refused.stderr
    assert list(tmp_path.glob("*.yaml")) == []


def test_credentials_that_may_not_read_prices_are_told_what_they_lack(address: str, tmp_path: Path) -> None:
    refused = run("refresh", "--only", "ec2.t3", address=address, key="denied", home=tmp_path)

    assert refused.returncode == 7
    assert "AccessDeniedException" in refused.stderr
    assert "pricing:GetProducts" in refused.stderr


def test_a_service_that_is_not_there_is_not_reached(tmp_path: Path) -> None:
    pytest.importorskip("boto3")

    refused = run("refresh", "--only", "lambda.requests", address="http://127.0.0.1:9", home=tmp_path)

    assert refused.returncode == 7
    assert "cannot be reached" in refused.stderr


def test_a_prefix_without_a_readable_price_is_bad_input(tmp_path: Path) -> None:
    assert run("refresh", "--only", "pigeon", home=tmp_path).returncode == 2


def test_the_prices_in_use_are_listed_with_date_and_confidence(tmp_path: Path) -> None:
    listed = json.loads(run("list", "--only", "mwaa", "--json", home=tmp_path).stdout)

    assert [row["id"] for row in listed["items"]] == ["mwaa.small.hour"]
    assert listed["items"][0]["can_be_read"] is True
