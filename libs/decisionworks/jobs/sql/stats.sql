-- What operators look at: depth and oldest age by state, workers, outcomes of the last hour.
SELECT
    (SELECT coalesce(jsonb_object_agg(state, jsonb_build_object('count', n, 'oldest_s', oldest)), '{}') FROM (
        SELECT state, count(*) AS n, round(extract(epoch FROM max(clock_timestamp() - run_at)))::int AS oldest
        FROM jobs GROUP BY state) AS live) AS jobs,
    (SELECT coalesce(jsonb_object_agg(outcome, n), '{}') FROM (
        SELECT outcome, count(*) AS n FROM jobs_finished
        WHERE finished_at > clock_timestamp() - interval '1 hour' GROUP BY outcome) AS done) AS finished_last_hour,
    (SELECT coalesce(jsonb_agg(jsonb_build_object('worker_id', worker_id, 'host', host, 'process_id', process_id,
        'slots', slots, 'beat_age_s', round(extract(epoch FROM clock_timestamp() - beat_at)::numeric, 1),
        'running', (SELECT count(*) FROM jobs WHERE jobs.worker_id = workers.worker_id AND state = 'running'))
        ORDER BY started_at), '[]') FROM workers) AS workers;
