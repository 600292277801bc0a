"""The log of what happened: append, read, and a doorbell. Knows no event type by name."""

from decisionworks.events.append import append, place
from decisionworks.events.doorbell import CANCEL_RING, EVENTS_CHANNEL, JOBS_CHANNEL, Doorbell, Listener, Subscription
from decisionworks.events.model import EventDraft, StoredEvent
from decisionworks.events.read import last_number, read

__all__ = [
    "CANCEL_RING",
    "EVENTS_CHANNEL",
    "JOBS_CHANNEL",
    "Doorbell",
    "EventDraft",
    "Listener",
    "StoredEvent",
    "Subscription",
    "append",
    "last_number",
    "place",
    "read",
]
