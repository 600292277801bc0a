-- Forgets workers whose session is gone (their advisory lock is free) or whose row is long stale.
DELETE FROM workers
WHERE worker_id <> %(worker_id)s
    AND (beat_at < clock_timestamp() - lease
        OR CASE WHEN lock_key IS NULL THEN false ELSE pg_try_advisory_xact_lock(lock_key) END)
RETURNING worker_id;
