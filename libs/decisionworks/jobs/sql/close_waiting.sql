-- Ends a job that nobody is working on (scheduled, ready or parked); a running one is left alone (no row).
WITH gone AS (
    DELETE FROM jobs WHERE subject_id = %(subject_id)s AND state IN ('parked', 'ready', 'scheduled') RETURNING *
)
INSERT INTO jobs_finished (id, project_id, queue, kind, subject_id, outcome, priority, lease_token, failures,
    lost_leases, max_failures, last_error, payload, created_at)
SELECT id, project_id, queue, kind, subject_id, %(outcome)s, priority, lease_token, failures,
    lost_leases, max_failures, last_error, payload, created_at FROM gone
RETURNING id;
