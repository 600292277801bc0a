"""Fake vendors: one process that speaks Anthropic's, OpenAI's and LangSmith's protocols, with scripted faults.

`python -m tests.fakes.vendors` prints its port. Tests talk to it over HTTP only:
POST /script {"anthropic": [step, …], "openai": [step, …], "rate_per_s": 5}   GET /calls   POST /reset
A step is one of: {"answer": object} · {"text": "…"} · {"fault": NAME, …}; the last step stays in force.
A step with {"when": "words"} is taken only by requests whose prompt contains the words, however often.
"""
