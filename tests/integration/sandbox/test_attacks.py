"""Every attack at each level that this machine has, as the worker's user and as one that may do nothing."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from contextlib import suppress
from pathlib import Path

import pytest

import decisionworks
from decisionworks.sandbox import Sandbox, SandboxLevel
from decisionworks.sandbox.attacks import ATTACKS, try_attacks

NOBODY = 65_534
LIBRARIES = str(Path(decisionworks.__file__).resolve().parent.parent)
# Where command and worker are one user, only these walls are between them.
OF_ONE_USER = {
    "others-secrets", "tracing", "signals", "limits-of-others", "fork-bomb", "thread-bomb", "memory-in-sockets",
    "files-without-names", "locked-directory", "process-in-the-dark",
}  # fmt: skip
# What has to have stopped an attack that would else go on: an attack that failed by itself has shown nothing.
STOPPED_BY = {
    "outlive-a-timeout": {"wall-time"},
    "memory": {"memory"},
    "memory-of-many": {"memory"},
    "shared-memory-of-tools": {"memory"},
    "memory-in-sockets": {"memory"},
    "many-files": {"disk"},
    "files-without-names": {"disk"},
    "files-on-their-way": {"hidden"},
    "deep-directories": {"hidden"},
    "locked-directory": {"disk", "hidden"},
    "process-in-the-dark": {"disk", "hidden"},
    "endless-loop": {"signal 9"},
    "endless-output": {"wall-time"},
}


def test_no_attack_gets_out_and_each_is_stopped_by_what_should_stop_it(
    sandbox: Sandbox, open_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CLOUD_TOKEN", "planted-secret")
    inherited = os.open(os.devnull, os.O_RDONLY)
    os.set_inheritable(inherited, True)

    held = list(try_attacks(sandbox.level, scratch_dir=open_dir))

    os.close(inherited)

    assert [(one.attack.id, one.got_out) for one in held if not one.is_known] == []
    stopped = {one.attack.id: one.stopped_by for one in held if one.attack.id in STOPPED_BY}
    assert [(name, by) for name, by in stopped.items() if by not in STOPPED_BY[name]] == []
    assert len(held) == len(ATTACKS) > 30
    assert list(open_dir.iterdir()) == []


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can become another user")
@pytest.mark.parametrize("level", [SandboxLevel.NAMESPACES, SandboxLevel.KERNEL_FILTERS])
def test_nothing_gets_out_where_the_worker_has_no_rights_of_its_own(level: SandboxLevel, open_dir: Path) -> None:
    code = (
        "import json, sys\n"
        "from pathlib import Path\n"
        "from decisionworks.sandbox import Sandbox, SandboxLevel, escapes\n"
        "from decisionworks.sandbox.attacks import ATTACKS, try_attacks\n"
        "level, scratch = SandboxLevel(sys.argv[1]), Path(sys.argv[2])\n"
        "missing = escapes(Sandbox(level=level, scratch_dir=scratch))\n"
        "attacks = [] if missing else [attack for attack in ATTACKS if attack.id in sys.argv[3:]]\n"
        "held = list(try_attacks(level, attacks=attacks, scratch_dir=scratch))\n"
        "print(json.dumps([missing, [[one.attack.id, one.got_out, one.stopped_by] for one in held]]))\n"
    )
    python = an_interpreter_for_everybody()
    if python is None:
        pytest.skip("no interpreter here can be started by another user")
    open_dir.chmod(0o777)

    done = subprocess.run(
        [python, "-B", "-c", code, str(level), str(open_dir), *sorted(OF_ONE_USER)],
        user=NOBODY, group=NOBODY, extra_groups=[], env={"PYTHONPATH": LIBRARIES}, capture_output=True, check=False,
    )  # fmt: skip

    assert done.returncode == 0, done.stderr.decode()[-2000:]
    missing, held = json.loads(done.stdout)
    if missing:
        pytest.skip(f"an ordinary user has no {level} here: {missing[0]}")
    assert [one for one in held if one[1]] == []
    assert [one for one in held if one[2] not in STOPPED_BY.get(one[0], {one[2]})] == []
    assert {one[0] for one in held} == OF_ONE_USER


def an_interpreter_for_everybody() -> str | None:
    """A Python that another user can start and that can load our sources; the sandbox needs nothing else."""
    for python in dict.fromkeys([sys.executable, "/usr/bin/python3"]):
        with suppress(OSError):
            done = subprocess.run(
                [python, "-B", "-c", "import decisionworks.sandbox.attacks as a, sys; open(sys.executable)"],
                user=NOBODY, group=NOBODY, extra_groups=[], env={"PYTHONPATH": LIBRARIES}, capture_output=True,
                check=False,
            )  # fmt: skip
            if done.returncode == 0:
                return python
    return None


def test_the_attacks_that_reach_for_something_do_reach_it_where_nothing_holds_them(open_dir: Path) -> None:
    reaching = {"read-outside", "write-outside", "links", "others-secrets", "signals"}
    chosen = [attack for attack in ATTACKS if attack.id in reaching]

    held = list(try_attacks(SandboxLevel.LIMITS_ONLY, attacks=chosen, scratch_dir=open_dir))

    assert {one.attack.id for one in held if one.got_out} == reaching
