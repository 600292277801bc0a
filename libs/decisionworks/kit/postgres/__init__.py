"""An embedded PostgreSQL for laptops, demos and tests: from a wheel, behind a private socket, kept between starts."""

from decisionworks.kit.postgres.errors import DataDirBusy, DataDirUnusable, ServerFailed
from decisionworks.kit.postgres.server import EmbeddedPostgres

__all__ = ["DataDirBusy", "DataDirUnusable", "EmbeddedPostgres", "ServerFailed"]
