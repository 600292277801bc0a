-- What operators look at: depth and oldest age by state (of scheduled jobs: how long one is overdue), workers, outcomes of
-- the last hour.
SELECT
    (SELECT coalesce(jsonb_object_agg(state, jsonb_build_object('count', n, 'oldest_s', oldest)), '{}') FROM (
        SELECT state, count(*) AS n, greatest(0, round(extract(epoch FROM max(clock_timestamp() - run_at))))::int AS oldest
        FROM jobs GROUP BY state) AS live) AS jobs,
    (SELECT coalesce(jsonb_object_agg(outcome, n), '{}') FROM (
        SELECT outcome, count(*) AS n FROM jobs_finished
        WHERE finished_at > clock_timestamp() - interval '1 hour' GROUP BY outcome) AS done) AS finished_last_hour,
    (SELECT coalesce(jsonb_object_agg(outcome, n), '{}') FROM (
        SELECT outcome, count(*) AS n FROM job_attempts
        WHERE ended_at > clock_timestamp() - interval '1 hour' GROUP BY outcome) AS tries) AS attempts_last_hour,
    (SELECT count(*) FROM jobs_finished WHERE outcome = 'quarantined') AS quarantined,
    (SELECT coalesce(jsonb_agg(jsonb_build_object('project_id', project_id, 'ready', ready, 'running', running,
        'scheduled', scheduled, 'parked', parked, 'oldest_ready_s', oldest) ORDER BY ready DESC, project_id), '[]')
        FROM (SELECT project_id, count(*) FILTER (WHERE state = 'ready') AS ready,
            count(*) FILTER (WHERE state = 'running') AS running,
            count(*) FILTER (WHERE state = 'scheduled') AS scheduled,
            count(*) FILTER (WHERE state = 'parked') AS parked,
            round(extract(epoch FROM max(clock_timestamp() - run_at) FILTER (WHERE state = 'ready')))::int AS oldest
            FROM jobs GROUP BY project_id ORDER BY ready DESC, project_id LIMIT 50) AS busiest) AS projects,
    (SELECT coalesce(jsonb_agg(jsonb_build_object('worker_id', worker_id, 'host', host, 'process_id', process_id,
        'slots', slots, 'beat_age_s', round(extract(epoch FROM clock_timestamp() - beat_at)::numeric, 1),
        'running', (SELECT count(*) FROM jobs WHERE jobs.worker_id = workers.worker_id AND state = 'running'))
        ORDER BY started_at), '[]') FROM workers) AS workers;
