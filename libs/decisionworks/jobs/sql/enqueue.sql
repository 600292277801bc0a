-- Stores one ready job, or says that the subject has one already (no row).
INSERT INTO jobs (id, project_id, kind, queue, subject_id, payload, priority, run_at)
VALUES (%(id)s, %(project_id)s, %(kind)s, %(queue)s, %(subject_id)s, %(payload)s, %(priority)s,
        coalesce(%(run_at)s, clock_timestamp()))
ON CONFLICT (subject_id) WHERE subject_id IS NOT NULL DO NOTHING
RETURNING id;
