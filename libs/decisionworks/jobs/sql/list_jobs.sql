-- Live and finished jobs in one list, newest first.
SELECT * FROM (
    SELECT id, project_id, queue, kind, subject_id, state, priority, run_at, lease_token >> 20 AS attempt, worker_id, failures,
        lost_leases, cancel_requested, last_error, created_at, NULL::timestamptz AS finished_at FROM jobs
    UNION ALL
    SELECT id, project_id, queue, kind, subject_id, outcome, priority, NULL, lease_token >> 20, NULL, failures,
        lost_leases, false, last_error, created_at, finished_at FROM jobs_finished
) AS every
WHERE (%(state)s::text IS NULL OR state = %(state)s) AND (%(before)s::uuid IS NULL OR id < %(before)s)
    AND (%(id)s::uuid IS NULL OR id = %(id)s)
ORDER BY id DESC LIMIT %(limit)s;
