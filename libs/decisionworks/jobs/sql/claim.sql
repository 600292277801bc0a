-- Hands up to %(free)s ready jobs to one live worker, round robin over projects, each under a new fencing token.
-- The recursive part finds the waiting projects by index, not by reading the backlog; the materialized part keeps
-- the planner from claiming more than asked.
WITH RECURSIVE waiting AS (
    (SELECT project_id FROM jobs WHERE state = 'ready' AND queue = %(queue)s ORDER BY project_id LIMIT 1)
    UNION ALL
    SELECT (SELECT next.project_id FROM jobs AS next
            WHERE next.state = 'ready' AND next.queue = %(queue)s AND next.project_id > waiting.project_id
            ORDER BY next.project_id LIMIT 1)
    FROM waiting WHERE waiting.project_id IS NOT NULL
), pick AS MATERIALIZED (
    SELECT candidate.id, candidate.returned
    FROM waiting CROSS JOIN LATERAL (
        SELECT locked.id, locked.returned, row_number() OVER () AS turn FROM (
            SELECT id, returned FROM jobs
            WHERE state = 'ready' AND queue = %(queue)s AND project_id = waiting.project_id
                AND run_at <= clock_timestamp()
            ORDER BY priority DESC, run_at, id
            LIMIT %(free)s FOR UPDATE SKIP LOCKED) AS locked) AS candidate
    WHERE waiting.project_id IS NOT NULL
        AND EXISTS (SELECT FROM workers WHERE worker_id = %(worker_id)s AND beat_at > clock_timestamp() - lease)
    ORDER BY candidate.turn, md5(waiting.project_id::text || %(turn)s)
    LIMIT %(free)s
), claimed AS (
    UPDATE jobs SET state = 'running', lease_token = lease_token + 1, worker_id = %(worker_id)s,
        claimed_at = clock_timestamp(), returned = NULL
    FROM pick WHERE jobs.id = pick.id
    RETURNING jobs.id, jobs.project_id, jobs.kind, jobs.queue, jobs.subject_id, jobs.payload, jobs.lease_token,
        jobs.failures, jobs.lost_leases, jobs.max_failures, jobs.cancel_requested, pick.returned, jobs.created_at
), attempt AS (
    INSERT INTO job_attempts (job_id, lease_token, project_id, worker_id)
    SELECT id, lease_token, project_id, %(worker_id)s FROM claimed
)
SELECT * FROM claimed;
