-- Seconds until the next scheduled job is due; no row when none is.
SELECT extract(epoch FROM run_at - clock_timestamp())::float8 AS due_in_s FROM jobs
WHERE state = 'scheduled' AND queue = %(queue)s ORDER BY run_at LIMIT 1;
