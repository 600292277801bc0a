-- Stores one job, or says that the subject has one already (no row).
INSERT INTO jobs (id, project_id, kind, queue, subject_id, payload, priority, max_failures, state, run_at, rank_at)
SELECT %(id)s, %(project_id)s, %(kind)s, %(queue)s, %(subject_id)s, %(payload)s, %(priority)s, %(max_failures)s,
    CASE WHEN at.time > clock_timestamp() THEN 'scheduled' ELSE 'ready' END,
    at.time, at.time - %(priority)s::int * interval '60 s'
FROM (SELECT coalesce(%(run_at)s::timestamptz, clock_timestamp()) AS time) AS at
ON CONFLICT (subject_id) WHERE subject_id IS NOT NULL DO NOTHING
RETURNING id;
