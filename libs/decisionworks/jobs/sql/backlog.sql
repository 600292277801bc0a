-- How much a queue has for its workers, counted up to %(most)s: jobs that are ready, that are due, that run, and a
-- schedule whose time has come; and how many of the running ones have no live worker. Reads no more than it counts.
SELECT
    (SELECT count(*) FROM (
        (SELECT 1 FROM jobs WHERE state = 'running' AND queue = %(queue)s LIMIT %(most)s)
        UNION ALL
        (SELECT 1 FROM jobs WHERE state = 'ready' AND queue = %(queue)s LIMIT %(most)s)
        UNION ALL
        (SELECT 1 FROM jobs WHERE state = 'scheduled' AND queue = %(queue)s AND run_at <= clock_timestamp()
            LIMIT %(most)s)
        UNION ALL
        (SELECT 1 FROM schedules WHERE next_at <= clock_timestamp() LIMIT 1)
        LIMIT %(most)s) AS found) AS jobs,
    (SELECT count(*) FROM (
        SELECT 1 FROM jobs WHERE state = 'running' AND queue = %(queue)s AND NOT EXISTS (
            SELECT FROM workers
            WHERE workers.worker_id = jobs.worker_id AND workers.beat_at >= clock_timestamp() - workers.lease)
        LIMIT %(most)s) AS lost) AS of_dead;
