"""Figures of a benchmark: who is ahead, what is shown, what two runs have in common."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from benchmarks.peers.conditions import Conditions
from benchmarks.peers.figures import OURS, Figure, Run, compared, load_run, medians, merged, ratio_to_best_peer, table


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


def test_rounds_count_by_their_median_and_are_all_shown() -> None:
    calm, busy = (Conditions(disk_commits_per_s=3000, busy_percent=share) for share in (1, 80))
    rounds = [
        a_figure(OURS, 5.0, conditions=calm),
        a_figure("quick", 10.0),
        a_figure("quick", 30.0),
        a_figure(OURS, 90.0, conditions=busy),
        a_figure(OURS, 6.0, conditions=calm),
    ]

    ours, quick = medians(rounds)

    assert (ours.value, ours.facts["rounds"], quick.value) == (6.0, "5 90 6", 20.0)
    assert ours.conditions == busy, "a round that was disturbed is not hidden by the others"


def test_a_round_without_an_answer_does_not_count_as_a_figure() -> None:
    (one,) = medians([a_figure("slow", None), a_figure("slow", 40.0)])

    assert (one.value, one.facts["rounds"]) == (40.0, "- 40")


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
