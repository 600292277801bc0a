-- Ends this attempt and lets the job wait again (ready) or rest until somebody wakes it (parked); no row: lost.
WITH mine AS (
    UPDATE jobs SET state = %(state)s, worker_id = NULL, returned = %(returned)s,
        failures = failures + %(failed)s, lost_leases = 0, last_error = coalesce(%(error)s, last_error),
        run_at = clock_timestamp() + make_interval(secs => %(delay_s)s)
    WHERE id = %(job_id)s AND lease_token = %(lease_token)s AND state = 'running'
    RETURNING id
), attempt AS (
    UPDATE job_attempts SET ended_at = clock_timestamp(), outcome = %(outcome)s, error = %(error)s
    WHERE job_id = %(job_id)s AND lease_token = %(lease_token)s AND EXISTS (SELECT FROM mine)
)
SELECT id FROM mine;
