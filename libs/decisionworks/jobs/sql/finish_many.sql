-- Moves the succeeded jobs that these leases still hold out of the hot table; answers their ids, the others are lost.
WITH gone AS (
    DELETE FROM jobs USING unnest(%(job_ids)s::uuid[], %(lease_tokens)s::bigint[]) AS held (id, lease_token)
    WHERE jobs.id = held.id AND jobs.lease_token = held.lease_token AND jobs.state = 'running'
    RETURNING jobs.*
)
INSERT INTO jobs_finished (id, project_id, queue, kind, subject_id, outcome, priority, lease_token, failures,
    lost_leases, max_failures, last_error, payload, created_at, worker_id, claimed_at)
SELECT id, project_id, queue, kind, subject_id, 'succeeded', priority, lease_token, failures,
    lost_leases, max_failures, last_error, payload, created_at, worker_id, claimed_at FROM gone
RETURNING id;
