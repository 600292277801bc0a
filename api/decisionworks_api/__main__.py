"""`python -m decisionworks_api`: serve until SIGINT or SIGTERM."""

from __future__ import annotations

import asyncio
import contextlib
import signal
import sys
from collections.abc import Iterator

import uvicorn

from decisionworks.kit.errors import DecisionworksError
from decisionworks.kit.logging import configure_logging
from decisionworks.kit.settings import Settings, read_settings
from decisionworks_api.main import create_app

SHUTDOWN_S = 5


class Server(uvicorn.Server):
    """A server that ends its event streams first, so that open ones do not hold up its end."""

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Signals are ours; a requested end is a success, not a death by signal."""
        loop = asyncio.get_running_loop()
        for number in (signal.SIGINT, signal.SIGTERM):
            loop.add_signal_handler(number, self.end)
        try:
            yield
        finally:
            for number in (signal.SIGINT, signal.SIGTERM):
                loop.remove_signal_handler(number)

    def end(self) -> None:
        """End the event streams, then the server; a second call ends it at once."""
        self.force_exit = self.should_exit
        self.should_exit = True
        app = self.config.app
        app.state.services.streams.stop()  # type: ignore[union-attr]  # an application by now


def serve(settings: Settings) -> int:
    """Serve until told to end; answers the exit code."""
    configure_logging(log_format=settings.log_format, level=settings.log_level, process="api")
    app = create_app(settings)
    app.state.services.starts_planner = settings.preview_ahead
    config = uvicorn.Config(
        app,
        host=settings.host,
        port=settings.port,
        access_log=False,
        log_config=None,
        server_header=False,
        timeout_graceful_shutdown=SHUTDOWN_S,
        timeout_keep_alive=65,
        h11_max_incomplete_event_size=64 * 1024,
    )
    server = Server(config)
    server.run()
    return 0 if server.started else 1


def main() -> int:
    """Read the settings and serve; bad settings end with one line."""
    try:
        settings = read_settings()
        if not settings.database_url:
            raise SystemExit("DATABASE_URL is empty; set it, or use `decisionworks up`")
        return serve(settings)
    except DecisionworksError as error:
        print(f"decisionworks api: {error.message}", file=sys.stderr)
        return 2


if __name__ == "__main__":
    sys.exit(main())
