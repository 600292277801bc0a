-- Lets a quarantined job wait again under its own id and token, its counts at zero; no row: it rests in no quarantine, or
-- its subject has an active job. One that came while this looked shows in `is_stored`: roll back.
WITH gone AS (
    DELETE FROM jobs_finished WHERE id = %(job_id)s AND outcome = 'quarantined'
        AND NOT EXISTS (SELECT FROM jobs WHERE jobs.subject_id = jobs_finished.subject_id) RETURNING *
), attempt AS (
    INSERT INTO job_attempts (job_id, lease_token, project_id, worker_id, started_at, ended_at, outcome, error)
    SELECT id, lease_token, project_id, worker_id, coalesce(claimed_at, finished_at), finished_at, 'quarantined',
        last_error FROM gone WHERE worker_id IS NOT NULL
    ON CONFLICT (job_id, lease_token) DO UPDATE SET ended_at = excluded.ended_at, outcome = excluded.outcome
), stored AS (
    INSERT INTO jobs (id, project_id, kind, queue, subject_id, payload, priority, max_failures, lease_token, returned,
        last_error, created_at, rank_at)
    SELECT id, project_id, kind, queue, subject_id, payload, priority, max_failures, lease_token, 'replayed',
        last_error, created_at, clock_timestamp() - priority * interval '60 s' FROM gone
    ON CONFLICT (subject_id) WHERE subject_id IS NOT NULL DO NOTHING
    RETURNING id
)
SELECT subject_id, EXISTS (SELECT FROM stored) AS is_stored FROM gone;
