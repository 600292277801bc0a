"""The list of verbs: whole, true, and quick because it loads none of them."""

from __future__ import annotations

import subprocess
import sys

import click
import pytest

from decisionworks.cli.main import commands

HEAVY = {"httpx", "psycopg", "pydantic", "rich", "structlog", "yaml", "asyncio"}


def test_every_verb_in_the_list_is_there() -> None:
    context = click.Context(commands)
    group = context.command
    assert isinstance(group, click.Group)

    names = group.list_commands(context)
    loaded = {name: group.get_command(context, name) for name in names}

    assert len(names) == len(set(names)) > 20
    assert {name: command.name for name, command in loaded.items() if command is not None} == {n: n for n in names}
    assert all(f"\n  {name} " in group.get_help(context) for name in names)


@pytest.mark.parametrize(
    ("words", "spared"),
    [
        (["--help"], HEAVY),
        (["approve", "--help"], {"psycopg", "pydantic", "structlog", "yaml", "decisionworks.projects"}),
        (["list", "--help"], {"psycopg", "pydantic", "structlog", "decisionworks.projects"}),
    ],
)
def test_a_verb_is_spared_the_weight_of_others(words: list[str], spared: set[str]) -> None:
    code = "import sys, decisionworks.cli.main as cli; print(cli._run()); print('loaded', *sys.modules)"

    said = subprocess.run([sys.executable, "-c", code, *words], capture_output=True, text=True, check=True).stdout

    loaded = set(said.rsplit("loaded ", 1)[1].split())
    assert "Usage" in said
    assert loaded & spared == set()
