"""`decisionworks`: one verb each. Modules of a verb are loaded when it is called."""

from __future__ import annotations

import os
import sys

import click

from decisionworks.cli.errors import CommandFailed
from decisionworks.cli.exit_codes import BAD_INPUT, FAILED
from decisionworks.cli.supervisor.errors import exit_code_of
from decisionworks.cli.verbs import Verbs
from decisionworks.kit.errors import DecisionworksError, Invalid

_INTERRUPTED = 130


@click.command(cls=Verbs, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110})
@click.version_option(package_name="decisionworks")
def commands() -> None:
    """From words or constraints to an approved, priced and validated ML system repository.

    Exit codes: 0 done, 1 failed, 2 bad input, 3 needs answers, 4 waiting for approval, 5 blocked by policy,
    6 rejected or cancelled, 7 cannot reach or not allowed.
    """


def main() -> None:
    """Run a verb; whatever goes wrong ends in one or two lines on standard error and an exit code."""
    sys.exit(_run())


def _run() -> int:
    try:
        # Outside standalone mode click answers the code of ctx.exit(), and None where a verb just returns.
        answered = commands.main(standalone_mode=False)
    except CommandFailed as error:
        return _say(error.message, remedy=error.remedy, code=error.exit_code)
    except DecisionworksError as error:
        remedies = [one.remedy for one in error.problems if one.remedy] if isinstance(error, Invalid) else []
        return _say(error.message, remedy=error.remedy or "; ".join(remedies) or None, code=exit_code_of(error))
    except click.exceptions.NoArgsIsHelpError as error:
        click.echo(error.ctx.get_help() if error.ctx is not None else error.format_message())
        return 0
    except click.ClickException as error:
        return _say(error.format_message(), remedy="see --help", code=BAD_INPUT)
    except (click.Abort, KeyboardInterrupt):
        return _say("interrupted; what was accepted goes on if its server does", remedy=None, code=_INTERRUPTED)
    except BrokenPipeError:
        # The reader of our output is gone; nothing more can be said on it.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return FAILED
    return answered if isinstance(answered, int) else 0


def _say(message: str, *, remedy: str | None, code: int) -> int:
    text = " ".join("".join(char if char.isprintable() else " " for char in message).split())
    print(f"error: {text}", file=sys.stderr)
    if remedy:
        print(f"       {' '.join(remedy.split())}", file=sys.stderr)
    return code


if __name__ == "__main__":
    main()
