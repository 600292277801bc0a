-- The worker lives; no row: it was taken for dead and its jobs are with others.
UPDATE workers SET beat_at = clock_timestamp() WHERE worker_id = %(worker_id)s RETURNING worker_id;
