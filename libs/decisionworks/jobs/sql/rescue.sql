-- Jobs of dead workers wait again, at once; a job that lost too many leases in a row goes to quarantine instead.
WITH dead AS MATERIALIZED (
    SELECT job.id FROM jobs AS job LEFT JOIN workers USING (worker_id)
    WHERE job.state = 'running' AND (workers.worker_id IS NULL OR workers.beat_at < clock_timestamp() - workers.lease)
    LIMIT 200 FOR UPDATE OF job SKIP LOCKED
), lost AS (
    UPDATE jobs SET state = 'ready', worker_id = NULL, returned = 'lost', lost_leases = lost_leases + 1,
        run_at = clock_timestamp()
    FROM dead WHERE jobs.id = dead.id
    RETURNING jobs.id, jobs.lease_token, jobs.project_id, jobs.subject_id, jobs.kind, jobs.lost_leases
), attempt AS (
    UPDATE job_attempts SET ended_at = clock_timestamp(), outcome = 'lost'
    FROM lost WHERE job_attempts.job_id = lost.id AND job_attempts.lease_token = lost.lease_token
)
SELECT * FROM lost;
