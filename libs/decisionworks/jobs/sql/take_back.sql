-- Jobs that stand under a live worker's name and that it does not work on wait again: the answer to their claim was
-- lost on the way, or their attempt could not write its end. Counted as lost leases, so that it cannot go on for ever;
-- they keep their rank.
WITH stray AS MATERIALIZED (
    SELECT id, claimed_at FROM jobs
    WHERE state = 'running' AND worker_id = %(worker_id)s AND queue = %(queue)s AND NOT EXISTS (
        SELECT FROM unnest(%(job_ids)s::uuid[], %(lease_tokens)s::bigint[]) AS held (id, lease_token)
        WHERE held.id = jobs.id AND held.lease_token = jobs.lease_token)
    FOR UPDATE SKIP LOCKED
), lost AS (
    UPDATE jobs SET state = 'ready', worker_id = NULL, returned = 'lost', lost_leases = lost_leases + 1,
        run_at = clock_timestamp()
    FROM stray WHERE jobs.id = stray.id
    RETURNING jobs.id, jobs.lease_token, jobs.project_id, jobs.subject_id, jobs.kind, jobs.queue, jobs.lost_leases,
        stray.claimed_at
), attempt AS (
    INSERT INTO job_attempts (job_id, lease_token, project_id, worker_id, started_at, ended_at, outcome)
    SELECT id, lease_token, project_id, %(worker_id)s, coalesce(claimed_at, clock_timestamp()), clock_timestamp(), 'lost' FROM lost
    ON CONFLICT (job_id, lease_token) DO UPDATE SET ended_at = excluded.ended_at, outcome = excluded.outcome
)
SELECT id, project_id, subject_id, kind, queue, lost_leases FROM lost;
