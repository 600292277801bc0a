"""The same words give the same zip in two processes that agree in nothing but the code and the locked libraries."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]
WORDS = (
    "Score 40000 customers for churn every week from a CSV export in S3; two engineers, 300 USD a month, eu-central-1,"
    " results to the CRM, personal data."
)
ROOTS = ("libs", "api", "worker")


def test_two_machines_that_differ_in_all_but_their_tools_make_the_same_zip(tmp_path: Path) -> None:
    elsewhere = tmp_path / "a place with spaces"
    for root in (*ROOTS, "tests"):
        shutil.copytree(
            ROOT / root, elsewhere / root, ignore=shutil.ignore_patterns("__pycache__", "integration", "node_modules")
        )
    worlds = [
        (ROOT, {"PYTHONHASHSEED": "1", "TZ": "UTC", "LC_ALL": "C.UTF-8", "HOME": str(tmp_path)}, 0o022, []),
        (
            elsewhere,
            {"PYTHONHASHSEED": "2", "TZ": "Asia/Kathmandu", "LC_ALL": "C", "HOME": "/nowhere", "USER": "somebody"},
            0o077,
            ["--upside-down"],
        ),
    ]

    running = [
        subprocess.Popen(
            [sys.executable, "-B", "-W", "ignore", "-m", "tests.golden.same_bytes", WORDS, *options],
            cwd=place,
            env={
                **variables,
                "PATH": os.defpath,
                "PYTHONPATH": os.pathsep.join(str(place / root) for root in (*ROOTS, ".")),
            },
            umask=umask,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        for place, variables, umask, options in worlds
    ]
    ended = [(process.communicate(timeout=150), process.returncode) for process in running]

    assert [code for _, code in ended] == [0, 0], [said for (_, said), _ in ended]
    here, there = (json.loads(told) for (told, _), _ in ended)
    assert here == there
    assert set(here) == {"plan", "content", "zip"}
