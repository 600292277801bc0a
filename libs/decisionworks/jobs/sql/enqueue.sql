-- Stores one job, or says that the subject has one already (no row).
SELECT id FROM decisionworks_enqueue(%(alone)s, %(id)s, %(project_id)s, %(kind)s, %(queue)s, %(subject_id)s, %(payload)s,
    %(priority)s, %(max_failures)s, %(run_at)s) AS id;
