-- Jobs of dead workers wait again, at once, and keep their rank, so as not to wait behind what came later. A worker is dead
-- when its lease has ended, or its session is gone and with it the advisory lock. %(sweep)s also finds running jobs of
-- workers that nobody knows.
WITH dead_worker AS MATERIALIZED (
    SELECT worker_id FROM workers WHERE worker_id <> %(worker_id)s
        AND (beat_at < clock_timestamp() - lease
            OR CASE WHEN lock_key IS NULL THEN false ELSE pg_try_advisory_xact_lock(lock_key) END)
), of_dead AS MATERIALIZED (
    SELECT id, worker_id, claimed_at FROM jobs
    WHERE state = 'running' AND worker_id = ANY(ARRAY(SELECT worker_id FROM dead_worker))
    LIMIT 500 FOR UPDATE SKIP LOCKED
), swept AS MATERIALIZED (
    SELECT id, worker_id, claimed_at FROM jobs
    -- An array, not a join: a job that changes hands at this moment is checked again by whom it belongs to then.
    WHERE state = 'running' AND worker_id = ANY(ARRAY(SELECT DISTINCT worker_id FROM jobs AS one
        WHERE %(sweep)s AND state = 'running' AND NOT EXISTS (SELECT FROM workers WHERE worker_id = one.worker_id)))
    LIMIT 500 FOR UPDATE SKIP LOCKED
), dead AS (
    SELECT * FROM of_dead UNION SELECT * FROM swept
), lost AS (
    UPDATE jobs SET state = 'ready', worker_id = NULL, returned = 'lost', lost_leases = lost_leases + 1,
        run_at = clock_timestamp()
    FROM dead WHERE jobs.id = dead.id
    RETURNING jobs.id, jobs.lease_token, jobs.project_id, jobs.subject_id, jobs.kind, jobs.queue, jobs.lost_leases,
        dead.worker_id AS dead_worker_id, dead.claimed_at
), attempt AS (
    INSERT INTO job_attempts (job_id, lease_token, project_id, worker_id, started_at, ended_at, outcome)
    SELECT id, lease_token, project_id, dead_worker_id, coalesce(claimed_at, clock_timestamp()), clock_timestamp(), 'lost' FROM lost
    ON CONFLICT (job_id, lease_token) DO UPDATE SET ended_at = excluded.ended_at, outcome = excluded.outcome
)
SELECT id, project_id, subject_id, kind, queue, lost_leases FROM lost;
