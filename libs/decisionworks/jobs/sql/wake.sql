-- A parked job waits for a worker again; a job that is no longer parked is left alone (no row).
UPDATE jobs SET state = 'ready', returned = 'woken', run_at = clock_timestamp(),
    rank_at = clock_timestamp() - priority * interval '60 s'
WHERE subject_id = %(subject_id)s AND state = 'parked'
RETURNING id;
