-- The queue keeps only what workers look at: live jobs, ranked so that priority ages; attempts are written when they end.

-- A job whose time has not come waits apart from those that are ready, so that no claim reads past it.
ALTER TABLE jobs DROP CONSTRAINT jobs_state_check;
ALTER TABLE jobs ADD CONSTRAINT jobs_state_check CHECK (state IN ('scheduled', 'ready', 'running', 'parked'));
UPDATE jobs SET state = 'scheduled' WHERE state = 'ready' AND run_at > clock_timestamp();

-- Who comes first within a project: a step of priority is worth a minute of waiting, so nothing starves.
ALTER TABLE jobs ADD COLUMN rank_at timestamptz NOT NULL DEFAULT clock_timestamp();
UPDATE jobs SET rank_at = run_at - priority * interval '60 s';

DROP INDEX jobs_ready;
CREATE INDEX jobs_ready ON jobs (queue, project_id, rank_at, id) WHERE state = 'ready';
CREATE INDEX jobs_due ON jobs (queue, run_at) WHERE state = 'scheduled';

-- The last attempt of a finished job stands with the job, the present one of a running job too.
ALTER TABLE jobs_finished ADD COLUMN worker_id uuid, ADD COLUMN claimed_at timestamptz;

CREATE INDEX job_attempts_newest ON job_attempts (ended_at);
CREATE INDEX jobs_quarantined ON jobs_finished (finished_at) WHERE outcome = 'quarantined';

CREATE TABLE project_limits (
    project_id uuid PRIMARY KEY REFERENCES projects (id),
    max_running integer NOT NULL CHECK (max_running BETWEEN 1 AND 100000)
);

CREATE TABLE schedules (
    id uuid PRIMARY KEY,
    project_id uuid NOT NULL REFERENCES projects (id),
    name text NOT NULL CHECK (length(name) BETWEEN 1 AND 200),
    cron text NOT NULL CHECK (length(cron) BETWEEN 9 AND 200),
    time_zone text NOT NULL DEFAULT 'UTC',
    missed text NOT NULL DEFAULT 'last' CHECK (missed IN ('skip', 'last', 'all')),
    queue text NOT NULL,
    kind text NOT NULL,
    payload jsonb NOT NULL DEFAULT '{}',
    priority smallint NOT NULL DEFAULT 0,
    next_at timestamptz NOT NULL,
    created_by text NOT NULL,
    created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    UNIQUE (project_id, name)
);
CREATE INDEX schedules_due ON schedules (next_at);

-- One row for each time that a schedule fired: however many workers look, a tick happens once.
CREATE TABLE schedule_ticks (
    schedule_id uuid NOT NULL REFERENCES schedules (id) ON DELETE CASCADE,
    fire_at timestamptz NOT NULL,
    project_id uuid NOT NULL,
    job_id uuid NOT NULL,
    PRIMARY KEY (schedule_id, fire_at)
);

-- The log and the record are read by people: their JSON is kept compressed and in its row.
ALTER TABLE events ALTER COLUMN payload SET STORAGE MAIN;
ALTER TABLE agent_runs ALTER COLUMN output SET STORAGE MAIN;

-- Commits what an attempt made: finished nodes, their events and the checkpoints behind them, all or nothing, if the
-- lease still holds. The row says what the lease check saw, and whether the same was committed before; no row, or an
-- end asked for and heeded: nothing is written.
-- The job is share-locked until the transaction ends, so that a takeover waits for this commit. A function, because it
-- enters the scope of its project before its statement is planned: a whole commit is one statement and one round trip.
CREATE FUNCTION decisionworks_commit_nodes(
    of_job uuid, under_token bigint, on_thread uuid, in_project uuid, heeds_cancel boolean, made jsonb
) RETURNS TABLE (failures smallint, lost_leases smallint, cancel_requested boolean, is_known boolean)
LANGUAGE plpgsql AS $function$
#variable_conflict use_column
DECLARE
    thread_text constant text := on_thread::text;
    told_count constant integer := jsonb_array_length(made -> 'events');
    told_before integer;
    is_progress constant boolean := (made ->> 'is_progress')::boolean;
BEGIN
    PERFORM set_config('role', 'decisionworks_app', true), set_config('decisionworks.project_id', in_project::text, true);
    SELECT jobs.failures, jobs.lost_leases, jobs.cancel_requested INTO failures, lost_leases, cancel_requested FROM jobs
    WHERE jobs.id = of_job AND jobs.lease_token = under_token AND jobs.state = 'running' FOR SHARE;
    IF NOT FOUND THEN
        RETURN;
    END IF;
    -- Sent again because the answer was lost on its way: the commit may have gone through, and then all of it has.
    is_known := (made ->> 'is_again')::boolean AND EXISTS (SELECT FROM agent_runs
        WHERE thread_id = on_thread AND lease_token = under_token AND status = 'succeeded'
            AND key IN (SELECT run ->> 'key' FROM jsonb_array_elements(made -> 'runs') AS run WHERE run ? 'output'));
    RETURN NEXT;
    IF is_known OR (cancel_requested AND heeds_cancel) THEN
        RETURN;
    END IF;
    IF is_progress AND (failures > 0 OR lost_leases > 0) THEN
        UPDATE jobs SET lost_leases = 0, failures = 0 WHERE jobs.id = of_job;
    END IF;
    IF made -> 'runs' <> '[]' THEN
        INSERT INTO agent_runs (thread_id, key, project_id, node, status, inputs_hash, outputs_hash, output, job_id,
            lease_token, checkpoint_id, duration_ms, finished_at)
        SELECT on_thread, run ->> 'key', in_project, run ->> 'node',
            CASE WHEN run ? 'output' THEN 'succeeded' ELSE 'intent' END, run ->> 'inputs_hash', run ->> 'outputs_hash',
            run -> 'output', of_job, under_token, run ->> 'checkpoint_id', (run ->> 'duration_ms')::integer,
            CASE WHEN run ? 'output' THEN clock_timestamp() END
        FROM jsonb_array_elements(made -> 'runs') AS run
        ON CONFLICT (thread_id, key) DO UPDATE SET status = excluded.status, outputs_hash = excluded.outputs_hash,
            output = excluded.output, lease_token = excluded.lease_token, checkpoint_id = excluded.checkpoint_id,
            duration_ms = excluded.duration_ms, finished_at = excluded.finished_at,
            tries = agent_runs.tries + (excluded.status = 'intent')::int,
            started_at = CASE WHEN excluded.status = 'intent' THEN clock_timestamp() ELSE agent_runs.started_at END
            WHERE agent_runs.status = 'intent';
    END IF;
    IF made -> 'placed' <> '[]' THEN
        UPDATE events SET checkpoint_id = place ->> 'checkpoint_id' FROM jsonb_array_elements(made -> 'placed') AS place
        WHERE events.stream_id = on_thread AND events.node = place ->> 'node' AND events.checkpoint_id IS NULL;
    END IF;
    IF told_count > 0 THEN
        -- The stream's row is locked from here to the commit: numbers have no gap and become visible in their order.
        INSERT INTO event_streams AS stream (stream_id, project_id, last_seq) VALUES (on_thread, in_project, told_count)
        ON CONFLICT (stream_id) DO UPDATE SET last_seq = stream.last_seq + told_count
        RETURNING last_seq - told_count INTO told_before;
        INSERT INTO events (stream_id, seq, project_id, type, node, run_id, checkpoint_id, payload)
        SELECT on_thread, told_before + told.nth, in_project, told.event ->> 'type', told.event ->> 'node', of_job,
            told.event ->> 'checkpoint_id', told.event -> 'payload'
        FROM jsonb_array_elements(made -> 'events') WITH ORDINALITY AS told (event, nth);
    END IF;
    IF made -> 'checkpoints' <> '[]' THEN
        INSERT INTO checkpoints (thread_id, checkpoint_ns, checkpoint_id, parent_checkpoint_id, checkpoint, metadata)
        SELECT thread_text, one ->> 'ns', one ->> 'id', one ->> 'parent_id', one -> 'checkpoint', one -> 'metadata'
        FROM jsonb_array_elements(made -> 'checkpoints') AS one
        ON CONFLICT (thread_id, checkpoint_ns, checkpoint_id)
            DO UPDATE SET checkpoint = excluded.checkpoint, metadata = excluded.metadata;
    END IF;
    IF made -> 'blobs' <> '[]' THEN
        INSERT INTO checkpoint_blobs (thread_id, checkpoint_ns, channel, version, type, blob)
        SELECT thread_text, one ->> 'ns', one ->> 'channel', one ->> 'version', one ->> 'type',
            decode(one ->> 'blob', 'base64')
        FROM jsonb_array_elements(made -> 'blobs') AS one
        ON CONFLICT (thread_id, checkpoint_ns, channel, version) DO NOTHING;
    END IF;
END $function$;
