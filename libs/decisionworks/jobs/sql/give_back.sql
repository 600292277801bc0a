-- Ends this attempt and lets the job wait again (ready, scheduled) or rest until somebody wakes it (parked); no row: lost.
WITH before AS MATERIALIZED (
    SELECT id, project_id, lease_token, worker_id, claimed_at FROM jobs
    WHERE id = %(job_id)s AND lease_token = %(lease_token)s AND state = 'running' FOR UPDATE
), mine AS (
    UPDATE jobs SET state = CASE WHEN %(state)s = 'ready' AND %(delay_s)s > 0 THEN 'scheduled' ELSE %(state)s END,
        worker_id = NULL, returned = %(returned)s, failures = failures + %(failed)s, lost_leases = 0,
        last_error = coalesce(%(error)s, last_error), run_at = clock_timestamp() + make_interval(secs => %(delay_s)s),
        rank_at = clock_timestamp() + make_interval(secs => %(delay_s)s) - priority * interval '60 s'
    FROM before WHERE jobs.id = before.id
    RETURNING jobs.id
)
INSERT INTO job_attempts (job_id, lease_token, project_id, worker_id, started_at, ended_at, outcome, error)
SELECT before.id, lease_token, project_id, worker_id, coalesce(claimed_at, clock_timestamp()), clock_timestamp(), %(outcome)s, %(error)s
FROM before JOIN mine USING (id)
ON CONFLICT (job_id, lease_token) DO UPDATE SET ended_at = excluded.ended_at, outcome = excluded.outcome,
    error = excluded.error
RETURNING job_id AS id;
