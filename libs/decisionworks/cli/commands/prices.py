"""`prices`: the price table, read again where credentials exist, and compared."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

import click
from rich.console import Console

from decisionworks.cli.errors import BadInput, CannotReach
from decisionworks.cli.terminal import console, line, print_json
from decisionworks.costs import (
    PriceBook,
    PriceChange,
    differences,
    load_prices,
    parse_price_book,
    queries_for,
    raw_prices,
    renew_table,
)
from decisionworks.integrations.aws_prices import (
    NoAccessToPrices,
    PriceList,
    PriceListUnavailable,
    open_price_list,
    read_prices,
)

REGIONS = ("us-east-1", "eu-west-1")


@click.group("prices")
def prices() -> None:
    """Look at the price table, read it again, compare two."""


@prices.command("refresh")
@click.option(
    "--region", "regions", multiple=True, metavar="R", help="Region to read; repeatable [us-east-1, eu-west-1]."
)
@click.option("--only", metavar="PREFIX", default="", help="Only prices whose id starts like this.")
@click.option("--out", "out_dir", metavar="DIR", type=click.Path(path_type=Path, file_okay=False), default=Path())
@click.option("--json", "is_json", is_flag=True, help="One JSON object on standard output.")
def refresh(*, regions: tuple[str, ...], only: str, out_dir: Path, is_json: bool) -> None:
    """Read current list prices from AWS, write a new dated table and say what changed.

    Needs boto3 (the extra `aws`) and credentials that allow pricing:GetProducts; without them nothing is written.
    """
    book = load_prices()
    queries = queries_for(price for price in book.by_id if price.startswith(only))
    if not queries:
        raise BadInput(f"no price that can be read starts with {only}", remedy="see `decisionworks prices list`")
    try:
        reading = read_prices(queries, regions=regions or REGIONS, price_list=PriceList(open_price_list()))
    except (NoAccessToPrices, PriceListUnavailable) as error:
        raise CannotReach(error.message, remedy=error.remedy) from error
    if not reading.usd:
        raise CannotReach("the price list holds none of these prices", remedy="look at --region and --only")
    on = datetime.now(UTC).date().isoformat()
    table = renew_table(raw_prices(), read=reading.usd, on=on)
    out_dir.mkdir(parents=True, exist_ok=True)
    path = out_dir / f"prices-{on}.yaml"
    path.write_bytes(table)
    changes = differences(book, parse_price_book(table))
    unread = [{"price": price, "region": region, "why": why} for (price, region), why in reading.unread.items()]
    if is_json:
        shown = [_to_json(change) for change in changes]
        print_json({"table": str(path), "read": len(reading.usd), "unread": unread, "changes": shown})
        return
    screen = console()
    screen.print(
        f"{len(reading.usd)} prices read, {len(unread)} not, {len(changes)} changed since {line(book.captured)}"
    )
    _print_changes(changes, screen)
    for row in unread:
        screen.print(f"[dim]{line(row['price'])} in {line(row['region'])}: {line(row['why'])}[/]")
    print(path)


@prices.command("diff")
@click.argument("table", metavar="TABLE.yaml", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.argument(
    "other", metavar="[OTHER.yaml]", required=False, type=click.Path(path_type=Path, exists=True, dir_okay=False)
)
@click.option("--json", "is_json", is_flag=True, help="One JSON object on standard output.")
def diff(*, table: Path, other: Path | None, is_json: bool) -> None:
    """Compare a price table with the one in use, or with another."""
    before, after = (_read(table), _read(other)) if other else (load_prices(), _read(table))
    changes = differences(before, after)
    if is_json:
        print_json({"before": before.captured, "after": after.captured, "changes": [_to_json(one) for one in changes]})
        return
    screen = console()
    screen.print(f"{len(changes)} prices differ between {line(before.captured)} and {line(after.captured)}")
    _print_changes(changes, screen)


@prices.command("list")
@click.option("--only", metavar="PREFIX", default="", help="Only prices whose id starts like this.")
@click.option("--json", "is_json", is_flag=True, help="One JSON object on standard output.")
def list_prices(*, only: str, is_json: bool) -> None:
    """The prices in use, with their date and confidence."""
    rows = [price for price in load_prices().by_id.values() if price.id.startswith(only)]
    can_be_read = {query.price for query in queries_for(row.id for row in rows)}
    if is_json:
        shown = [
            {"id": row.id, "unit": row.unit, "usd": dict(row.usd), "as_of": row.as_of, "confidence": row.confidence,
             "can_be_read": row.id in can_be_read}
            for row in rows
        ]  # fmt: skip
        print_json({"captured": load_prices().captured, "items": shown})
        return
    screen = console()
    for row in rows:
        usd = ", ".join(f"{region} {value:g}" for region, value in row.usd.items())
        screen.print(f"{line(row.id)}  {usd} USD per {line(row.unit)}  [dim]{line(row.as_of)}, {row.confidence}[/]")


def _read(path: Path) -> PriceBook:
    return parse_price_book(path.read_bytes())


def _print_changes(changes: Sequence[PriceChange], screen: Console) -> None:
    for change in changes:
        before = "none" if change.before is None else f"{change.before:g}"
        after = "none" if change.after is None else f"{change.after:g}"
        share = "" if change.share is None else f"  {change.share:+.1%}"
        screen.print(f"{line(change.price)} in {line(change.region)}: {before} -> {after} USD{share}")


def _to_json(change: PriceChange) -> dict[str, object]:
    return {"price": change.price, "region": change.region, "before": change.before, "after": change.after}
