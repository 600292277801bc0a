-- Jobs whose time has come are ready; at most 500 at once.
WITH due AS MATERIALIZED (
    SELECT id FROM jobs WHERE state = 'scheduled' AND queue = %(queue)s AND run_at <= clock_timestamp()
    ORDER BY run_at LIMIT 500 FOR UPDATE SKIP LOCKED
)
UPDATE jobs SET state = 'ready' FROM due WHERE jobs.id = due.id RETURNING jobs.id;
