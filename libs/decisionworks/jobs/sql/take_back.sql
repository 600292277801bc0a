-- Jobs that stand under a live worker's name and that it does not work on wait again: the answer to their claim was
-- lost on the way, or their attempt could not write its end. Counted as lost leases, so that it cannot go on for ever.
WITH stray AS MATERIALIZED (
    SELECT id FROM jobs
    WHERE state = 'running' AND worker_id = %(worker_id)s AND NOT EXISTS (
        SELECT FROM unnest(%(job_ids)s::uuid[], %(lease_tokens)s::bigint[]) AS held (id, lease_token)
        WHERE held.id = jobs.id AND held.lease_token = jobs.lease_token)
    FOR UPDATE SKIP LOCKED
), lost AS (
    UPDATE jobs SET state = 'ready', worker_id = NULL, returned = 'lost', lost_leases = lost_leases + 1,
        run_at = clock_timestamp()
    FROM stray WHERE jobs.id = stray.id
    RETURNING jobs.id, jobs.lease_token, jobs.project_id, jobs.subject_id, jobs.kind, jobs.lost_leases
), attempt AS (
    UPDATE job_attempts SET ended_at = clock_timestamp(), outcome = 'lost'
    FROM lost WHERE job_attempts.job_id = lost.id AND job_attempts.lease_token = lost.lease_token
)
SELECT * FROM lost;
