"""Figures of a benchmark: who is ahead, what is shown, what two runs have in common."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from benchmarks.peers.conditions import Conditions
from benchmarks.peers.figures import OURS, Figure, Run, compared, load_run, merged, ratio_to_best_peer, table


def a_figure(contestant: str, value: float | None, **more: Any) -> Figure:
    facts = {"measure": "pickup", "what": "p99", "unit": "ms", "better": "lower"} | more
    return Figure(contestant=contestant, value=value, **facts)


def a_run(*figures: Figure) -> Run:
    return Run(server={"fsync": "on"}, versions={OURS: "1"}, figures=figures, skipped={})


def test_a_shorter_wait_than_the_best_peers_is_a_ratio_above_one() -> None:
    block = [a_figure(OURS, 5.0), a_figure("slow", 100.0), a_figure("quick", 10.0)]

    ratio = ratio_to_best_peer(block)

    assert ratio == 2.0


def test_fewer_jobs_a_second_than_the_best_peers_are_a_ratio_below_one() -> None:
    block = [a_figure(OURS, 50.0, better="higher"), a_figure("quick", 100.0, better="higher")]

    ratio = ratio_to_best_peer(block)

    assert ratio == 0.5


def test_a_contestant_that_never_answered_is_no_rival() -> None:
    block = [a_figure(OURS, 5.0), a_figure("quick", None, note="nobody within 45 s")]

    lines = table(block)

    assert ratio_to_best_peer(block) is None
    assert "ours / best peer" not in lines[0]
    assert lines[-2].split()[:2] == ["quick", "-"]
    assert "nobody within 45 s" in lines[-2]


def test_a_ratio_of_figures_taken_beside_other_work_says_so() -> None:
    disturbed = Conditions(disk_commits_per_s=3000, busy_percent=80)

    lines = table([a_figure(OURS, 5.0), a_figure("quick", 10.0, conditions=disturbed)])

    assert "(~ disturbed)" in lines[0]


def test_a_saved_run_is_read_as_it_was(tmp_path: Path) -> None:
    run = a_run(a_figure(OURS, 5.0, conditions=Conditions(disk_commits_per_s=3000, busy_percent=1), facts={"n": 3}))

    run.save(tmp_path / "run.json")

    assert load_run(tmp_path / "run.json").figures == list(run.figures)


def test_of_the_same_figure_in_several_runs_the_newest_counts() -> None:
    old, new = a_run(a_figure(OURS, 5.0), a_figure("quick", 10.0)), a_run(a_figure(OURS, 4.0))

    both = merged([old, new])

    assert {figure.contestant: figure.value for figure in both.figures} == {OURS: 4.0, "quick": 10.0}


def test_two_runs_beside_each_other_show_what_both_measured() -> None:
    before, after = a_run(a_figure(OURS, 5.0), a_figure("gone", 1.0)), a_run(a_figure(OURS, 4.0), a_figure("new", 2.0))

    lines = compared(before, after)

    assert len(lines) == 2
    assert "0.80" in lines[1]
