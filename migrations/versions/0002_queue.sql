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
