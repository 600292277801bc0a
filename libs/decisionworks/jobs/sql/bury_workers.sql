-- Forgets workers that are dead and hold no job any more.
DELETE FROM workers
WHERE worker_id <> %(worker_id)s
    AND (beat_at < clock_timestamp() - lease
        OR CASE WHEN lock_key IS NULL THEN false ELSE pg_try_advisory_xact_lock(lock_key) END)
    AND NOT EXISTS (SELECT FROM jobs WHERE jobs.worker_id = workers.worker_id AND jobs.state = 'running')
RETURNING worker_id;
