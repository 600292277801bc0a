-- Moves a job that this lease still holds out of the hot table; no row: the lease is lost.
WITH gone AS (
    DELETE FROM jobs WHERE id = %(job_id)s AND lease_token = %(lease_token)s AND state = 'running' RETURNING *
)
INSERT INTO jobs_finished (id, project_id, queue, kind, subject_id, outcome, priority, lease_token, failures,
    lost_leases, max_failures, last_error, payload, created_at, worker_id, claimed_at)
SELECT id, project_id, queue, kind, subject_id, %(outcome)s, priority, lease_token, failures,
    lost_leases, max_failures, coalesce(%(error)s, last_error), payload, created_at, worker_id, claimed_at FROM gone
RETURNING id;
