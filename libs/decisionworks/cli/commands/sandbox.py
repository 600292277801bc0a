"""`decisionworks sandbox`: what a hostile command could do on this machine, at each level that it has."""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path

import click
from rich.table import Table

from decisionworks.cli.exit_codes import DONE, FAILED
from decisionworks.cli.terminal import console, line, print_json
from decisionworks.sandbox import Purpose, Sandbox, SandboxLevel, escapes
from decisionworks.sandbox.attacks import ATTACKS, Held, try_attacks

_HEADINGS = {"contained": "[green]contained[/]", "known": "[yellow]open, as said below[/]", "open": "[red]GOT OUT[/]"}


@click.command("sandbox")
@click.option("--json", "is_json", is_flag=True, help="One JSON object on standard output.")
def sandbox(*, is_json: bool) -> None:
    """Attack the sandbox of this machine, at every level that it has, and show what held.

    Takes about a minute and leaves nothing behind. Exit code 0 when generated code may run here and nothing gets out at
    any level at which it may, 1 otherwise.
    """
    with tempfile.TemporaryDirectory(prefix="decisionworks-sandbox-") as name:
        Path(name).chmod(0o755)
        missing = {level: _missing(level, Path(name)) for level in SandboxLevel}
        levels = [level for level in SandboxLevel if not missing[level]]
        held = {level: list(try_attacks(level, attacks=ATTACKS, scratch_dir=Path(name))) for level in levels}
    executing = [level for level in levels if Sandbox(level=level).can_run(Purpose.EXECUTE)]
    is_safe = bool(executing) and all(one.is_known for level in executing for one in held[level])
    if is_json:
        print_json(
            {
                "is_safe": is_safe,
                "level": str(levels[0]),
                "missing": {str(level): missing[level] for level in SandboxLevel if level not in levels},
                "attacks": {str(level): [_told(one) for one in held[level]] for level in levels},
            }
        )
    else:
        _print(held, {level: missing[level][0] for level in SandboxLevel if level not in levels}, is_safe=is_safe)
    sys.exit(DONE if is_safe else FAILED)


def _missing(level: SandboxLevel, scratch_dir: Path) -> list[str]:
    """Why a machine has not a level; at the weakest a command does get out, so no generated code runs there."""
    return [] if level is SandboxLevel.LIMITS_ONLY else escapes(Sandbox(level=level, scratch_dir=scratch_dir))


def _told(held: Held) -> dict[str, object]:
    return {
        "attack": held.attack.id,
        "family": held.attack.family,
        "aim": held.attack.aim,
        "is_contained": held.is_contained,
        "got_out": list(held.got_out),
        "stopped_by": held.stopped_by,
        "known": held.attack.open_at.get(held.level),
    }


def _ending(held: Held) -> str:
    return "contained" if held.is_contained else "known" if held.is_known else "open"


def _print(held: Mapping[SandboxLevel, Sequence[Held]], missing: Mapping[SandboxLevel, str], *, is_safe: bool) -> None:
    screen = console()
    table = Table(box=None, pad_edge=False, header_style="bold")
    for heading in ("", "attack", *(str(level) for level in held)):
        table.add_column(heading)
    family = ""
    for number, attack in enumerate(ATTACKS):
        endings = [_HEADINGS[_ending(ones[number])] for ones in held.values()]
        table.add_row("" if attack.family == family else attack.family, line(attack.aim), *endings)
        family = attack.family
    screen.print(table)
    for level, ones in held.items():
        for one in ones:
            if not one.is_contained:
                known = one.attack.open_at.get(level)
                why = "; ".join(one.got_out) + (f" ({known})" if known else "")
                screen.print(f"[dim]{level}: {one.attack.id}: {line(why)}[/]")
    for level, reason in missing.items():
        screen.print(f"not on this machine: {level} ({line(reason)}); nothing is said about it")
    best = next(iter(held))
    verdict = "generated code runs here" if is_safe else "generated code is not safe here"
    screen.print(f"{verdict}: level {best}, {sum(one.is_contained for one in held[best])} of {len(ATTACKS)} contained")
