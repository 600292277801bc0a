"""The verbs, each with its place and what it is for: a list of them loads none, a call loads one."""

from __future__ import annotations

from importlib import import_module

import click

_VERBS = {
    "plan": ("commands.plan:plan", "Ask for a plan in words or constraints; --approve builds it."),
    "preview": ("commands.preview:preview", "Plan, cost and policies at once; nothing is stored."),
    "show": ("commands.look:show", "One decision set: plan, cost, policies, questions, status."),
    "events": ("commands.look:events", "The timeline of a decision set."),
    "answer": ("commands.decide:answer", "Answer the open questions of a decision set."),
    "approve": ("commands.decide:approve", "Let the plan at the gate be built."),
    "reject": ("commands.decide:reject", "Turn the plan at the gate down."),
    "cancel": ("commands.decide:cancel", "End a run before its end."),
    "revise": ("commands.revise:revise", "Plan again with changes, as a new decision set of the line."),
    "diff": ("commands.look:diff", "What changed against another decision set, or the parent."),
    "artifact": ("commands.look:artifact", "Save the generated repository."),
    "verify": ("commands.verify:verify", "Check a repository's zip: digests, then its own checks."),
    "sandbox": ("commands.sandbox:sandbox", "Attack this machine's sandbox at every level that it has."),
    "list": ("commands.look:list_command", "The newest decision sets of a project."),
    "jobs": ("commands.queue:jobs", "The queue and the workers; replay or discard what rests."),
    "schedules": ("commands.queue:schedules", "What is handed in at set times."),
    "eval": ("commands.evaluate:evaluate", "Run golden scenarios and print the score table."),
    "thresholds": ("commands.thresholds:thresholds", "The numbers that rules judge by, and a project's own."),
    "waivers": ("commands.waivers:waivers", "Rules waived for a time; grant and revoke them."),
    "quarantine": ("commands.quarantine:quarantine", "Answers of models that could not be used; ask again."),
    "prices": ("commands.prices:prices", "Look at the price table, read it again, compare two."),
    "up": ("up:up_command", "Run the whole platform here until Ctrl-C."),
    "api": ("commands.services:api", "Serve the HTTP API."),
    "worker": ("commands.services:worker", "Work on jobs."),
    "migrate": ("commands.services:migrate", "Bring the database to the schema of this version."),
    "gc": ("commands.collect:collect", "Put aside what nothing names; delete it after a while."),
}


class Verbs(click.Group):
    """The verbs in the order of a first visit."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Their names."""
        return list(_VERBS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """One of them, loaded now."""
        if cmd_name not in _VERBS:
            return None
        module, _, name = _VERBS[cmd_name][0].partition(":")
        command: click.Command = getattr(import_module(f"decisionworks.cli.{module}"), name)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """The list of verbs."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, summary) for name, (_, summary) in _VERBS.items()])
