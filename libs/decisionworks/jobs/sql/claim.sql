-- Hands up to %(free)s ready jobs of one queue to one live worker, round robin over projects, each under a new token.
-- `waiting` steps from project to project by index, at most %(width)s of them after a cursor, without reading the
-- backlog; or it takes projects already known, each from a rank on, past entries that are dead but not yet cleaned.
-- `pick` is materialized, so that the planner never claims more than asked.
WITH RECURSIVE stepping AS (
    SELECT first.project_id, 1 AS step
    FROM (SELECT project_id FROM jobs WHERE state = 'ready' AND queue = %(queue)s AND project_id > %(after)s
            ORDER BY project_id LIMIT 1) AS first
    WHERE %(is_scan)s
    UNION ALL
    SELECT (SELECT next.project_id FROM jobs AS next
            WHERE next.state = 'ready' AND next.queue = %(queue)s AND next.project_id > stepping.project_id
            ORDER BY next.project_id LIMIT 1), stepping.step + 1
    FROM stepping WHERE stepping.project_id IS NOT NULL AND stepping.step < %(width)s
), waiting AS MATERIALIZED (
    SELECT project_id, '-infinity'::timestamptz AS from_rank FROM stepping WHERE project_id IS NOT NULL
    UNION ALL
    SELECT known.project_id, known.from_rank
    FROM unnest(%(known)s::uuid[], %(marks)s::timestamptz[]) AS known (project_id, from_rank)
), served AS MATERIALIZED (
    SELECT waiting.*, CASE WHEN project_limits.max_running IS NULL THEN share.size
        WHEN waiting.project_id = ANY(%(locked)s::uuid[]) THEN least(share.size, greatest(0,
            project_limits.max_running - (SELECT count(*) FROM jobs WHERE state = 'running'
                AND project_id = waiting.project_id AND worker_id IN (SELECT worker_id FROM workers))))
        ELSE 0 END AS most
    FROM waiting LEFT JOIN project_limits USING (project_id),
        (SELECT ceil(%(free)s::numeric / greatest(1, count(*)))::int AS size FROM waiting) AS share
    WHERE EXISTS (SELECT FROM workers WHERE worker_id = %(worker_id)s AND beat_at > clock_timestamp() - lease)
), pick AS MATERIALIZED (
    SELECT candidate.id, candidate.returned
    FROM served CROSS JOIN LATERAL (
        SELECT id, returned FROM jobs
        WHERE state = 'ready' AND queue = %(queue)s AND project_id = served.project_id
            AND rank_at >= served.from_rank AND run_at <= clock_timestamp()
        ORDER BY rank_at, id
        LIMIT served.most FOR UPDATE SKIP LOCKED) AS candidate
    LIMIT %(free)s
), claimed AS (
    UPDATE jobs SET state = 'running', lease_token = lease_token + 1, worker_id = %(worker_id)s,
        claimed_at = clock_timestamp(), returned = NULL
    FROM pick WHERE jobs.id = pick.id
    RETURNING jobs.id, jobs.project_id, jobs.kind, jobs.subject_id, jobs.payload, jobs.lease_token, jobs.failures,
        jobs.lost_leases, jobs.max_failures, jobs.cancel_requested, pick.returned, jobs.created_at, jobs.rank_at,
        extract(epoch FROM jobs.claimed_at - jobs.run_at)::float8 AS waited_s
)
SELECT claimed.*, seen.projects, seen.last_project,
    extract(epoch FROM clock_timestamp() - statement_timestamp())::float8 AS took_s
FROM (SELECT count(*) AS projects, max(project_id::text)::uuid AS last_project FROM stepping
        WHERE project_id IS NOT NULL) AS seen
LEFT JOIN claimed ON true;
