-- Moves a job that this lease still holds out of the hot table; no row: the lease is lost.
WITH gone AS (
    DELETE FROM jobs WHERE id = %(job_id)s AND lease_token = %(lease_token)s AND state = 'running' RETURNING *
), attempt AS (
    UPDATE job_attempts SET ended_at = clock_timestamp(), outcome = %(outcome)s, error = %(error)s
    WHERE job_id = %(job_id)s AND lease_token = %(lease_token)s AND EXISTS (SELECT FROM gone)
)
INSERT INTO jobs_finished (id, project_id, queue, kind, subject_id, outcome, priority, lease_token, failures,
    lost_leases, max_failures, last_error, payload, created_at)
SELECT id, project_id, queue, kind, subject_id, %(outcome)s, priority, lease_token, failures,
    lost_leases, max_failures, coalesce(%(error)s, last_error), payload, created_at FROM gone
RETURNING id;
