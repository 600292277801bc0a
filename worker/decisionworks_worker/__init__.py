"""The worker: a process that works the queue."""
