"""The API process: wiring only."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager

from fastapi import Depends, FastAPI
from fastapi.security import HTTPBearer

import decisionworks_api
from decisionworks.kit.settings import Settings
from decisionworks_api.documents import ROOT
from decisionworks_api.middleware import BodyLimit, RequestContext, TokenCheck, VersionAlias
from decisionworks_api.problems import install_problem_handlers
from decisionworks_api.routes import (
    artifacts,
    chat,
    gates,
    health,
    jobs,
    models,
    pages,
    plans,
    previews,
    projects,
    schedules,
    thresholds,
    timeline,
    waivers,
)
from decisionworks_api.services import Services, make_services

# Only so that the OpenAPI document names the token; the middleware has checked it before any route is looked for.
_BEARER = HTTPBearer(auto_error=False)


def create_app(settings: Settings) -> FastAPI:
    """The application with its own database pool, doorbell and streams."""
    services = make_services(settings)
    app = FastAPI(
        title="Decisionworks",
        version=decisionworks_api.__version__,
        description="From words or constraints to an approved, priced and validated ML system repository.",
        docs_url=None,
        redoc_url=None,
        lifespan=_lifespan(services),
        redirect_slashes=False,
    )
    app.state.services = services
    policies = (waivers, thresholds)
    for part in (projects, plans, previews, gates, timeline, artifacts, models, chat, jobs, schedules, *policies):
        app.include_router(part.router, prefix=ROOT, dependencies=[Depends(_BEARER)])
    app.include_router(health.router)
    app.include_router(pages.router)
    install_problem_handlers(app)
    # The last one added is the first one passed.
    app.add_middleware(BodyLimit, limit_bytes=settings.max_body_bytes)
    app.add_middleware(TokenCheck, authenticate=services.actor_of)
    app.add_middleware(VersionAlias)
    app.add_middleware(RequestContext, metrics=services.metrics)
    return app


def _lifespan(services: Services) -> Callable[[FastAPI], AbstractAsyncContextManager[None]]:
    @asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
        await services.start()
        try:
            yield
        finally:
            await services.stop()

    return lifespan
