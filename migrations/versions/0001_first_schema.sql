-- Tenants ------------------------------------------------------------------------------------------------------------

CREATE TABLE projects (
    id uuid PRIMARY KEY,
    name text NOT NULL CHECK (length(name) BETWEEN 1 AND 200),
    is_default boolean NOT NULL DEFAULT false,
    created_at timestamptz NOT NULL DEFAULT clock_timestamp()
);
CREATE UNIQUE INDEX projects_one_default ON projects (is_default) WHERE is_default;
CREATE UNIQUE INDEX projects_name ON projects (lower(name));

CREATE TABLE api_keys (
    id uuid PRIMARY KEY,
    name text NOT NULL,
    prefix text NOT NULL UNIQUE,
    key_sha256 text NOT NULL CHECK (key_sha256 ~ '^[0-9a-f]{64}$'),
    is_administrator boolean NOT NULL DEFAULT false,
    project_id uuid REFERENCES projects (id),
    created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    revoked_at timestamptz,
    CHECK (is_administrator OR project_id IS NOT NULL)
);

CREATE TABLE members (
    project_id uuid NOT NULL REFERENCES projects (id),
    actor_id uuid NOT NULL,
    role text NOT NULL CHECK (role IN ('owner', 'approver', 'member', 'viewer')),
    created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    PRIMARY KEY (project_id, actor_id)
);

-- Decision sets and gates --------------------------------------------------------------------------------------------

CREATE TABLE decision_sets (
    id uuid PRIMARY KEY,
    project_id uuid NOT NULL REFERENCES projects (id),
    parent_id uuid REFERENCES decision_sets (id),
    revision integer NOT NULL DEFAULT 1 CHECK (revision >= 1),
    version integer NOT NULL DEFAULT 1 CHECK (version >= 1),
    status text NOT NULL DEFAULT 'queued' CHECK (status IN (
        'queued', 'intake', 'needs_input', 'planning', 'gate_waiting', 'generating',
        'completed', 'rejected', 'cancelled', 'failed', 'blocked')),
    on_missing text NOT NULL DEFAULT 'ask' CHECK (on_missing IN ('ask', 'assume')),
    request text NOT NULL DEFAULT '',
    given_constraints jsonb NOT NULL DEFAULT '{}',
    metadata jsonb NOT NULL DEFAULT '{}',
    language text,
    constraints jsonb NOT NULL DEFAULT '{}',
    coverage jsonb NOT NULL DEFAULT '{}',
    questions jsonb NOT NULL DEFAULT '[]',
    untrusted_instructions jsonb NOT NULL DEFAULT '[]',
    findings jsonb NOT NULL DEFAULT '{}',
    plan jsonb,
    infeasibility jsonb,
    critiques jsonb NOT NULL DEFAULT '[]',
    cost_estimate jsonb,
    policy_results jsonb,
    plan_hash text,
    approval jsonb,
    missing_patterns jsonb NOT NULL DEFAULT '[]',
    change_summary jsonb,
    failure jsonb,
    git_commit text,
    stream_abandoned_at timestamptz,
    requested_by text NOT NULL,
    created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    updated_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    CHECK (plan_hash IS NULL OR plan IS NOT NULL)
) WITH (fillfactor = 80);
CREATE INDEX decision_sets_newest ON decision_sets (project_id, id DESC);
CREATE INDEX decision_sets_parent ON decision_sets (parent_id) WHERE parent_id IS NOT NULL;

CREATE TABLE idempotency_keys (
    project_id uuid NOT NULL REFERENCES projects (id),
    caller_id uuid NOT NULL,
    key text NOT NULL CHECK (length(key) BETWEEN 1 AND 255),
    body_sha256 text NOT NULL,
    decision_set_id uuid NOT NULL,
    created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    PRIMARY KEY (project_id, caller_id, key)
);

CREATE TABLE gates (
    id uuid PRIMARY KEY,
    project_id uuid NOT NULL REFERENCES projects (id),
    decision_set_id uuid NOT NULL REFERENCES decision_sets (id),
    kind text NOT NULL CHECK (kind IN ('questions', 'approval')),
    state text NOT NULL DEFAULT 'open'
        CHECK (state IN ('open', 'answered', 'approved', 'rejected', 'expired', 'cancelled')),
    interrupt_id text NOT NULL,
    plan_hash text,
    answer jsonb,
    opened_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    closed_at timestamptz,
    CHECK ((state = 'open') = (closed_at IS NULL)),
    CHECK (kind = 'questions' OR plan_hash IS NOT NULL)
);
CREATE UNIQUE INDEX gates_one_open ON gates (decision_set_id) WHERE state = 'open';
CREATE INDEX gates_of_decision_set ON gates (decision_set_id, opened_at);

CREATE TABLE gate_decisions (
    id uuid PRIMARY KEY,
    project_id uuid NOT NULL REFERENCES projects (id),
    gate_id uuid NOT NULL UNIQUE REFERENCES gates (id),
    decision_set_id uuid NOT NULL REFERENCES decision_sets (id),
    decision text NOT NULL CHECK (decision IN ('approved', 'rejected', 'expired', 'cancelled')),
    decided_by text NOT NULL,
    identified_by text NOT NULL,
    comment text,
    plan_hash text NOT NULL,
    version integer NOT NULL,
    decided_at timestamptz NOT NULL DEFAULT clock_timestamp()
);

-- The queue ----------------------------------------------------------------------------------------------------------

CREATE TABLE workers (
    worker_id uuid PRIMARY KEY,
    beat_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    lease interval NOT NULL,
    lock_key bigint,
    slots integer NOT NULL,
    host text NOT NULL,
    process_id integer NOT NULL,
    started_at timestamptz NOT NULL DEFAULT clock_timestamp()
) WITH (fillfactor = 50);

CREATE TABLE jobs (
    id uuid PRIMARY KEY,
    project_id uuid NOT NULL,
    queue text NOT NULL DEFAULT 'default',
    kind text NOT NULL,
    subject_id uuid,
    state text NOT NULL DEFAULT 'ready' CHECK (state IN ('ready', 'running', 'parked')),
    priority smallint NOT NULL DEFAULT 0,
    run_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    lease_token bigint NOT NULL DEFAULT 0,
    worker_id uuid,
    claimed_at timestamptz,
    failures smallint NOT NULL DEFAULT 0,
    lost_leases smallint NOT NULL DEFAULT 0,
    max_failures smallint NOT NULL DEFAULT 5,
    cancel_requested boolean NOT NULL DEFAULT false,
    returned text CHECK (returned IN ('lost', 'retry', 'released', 'woken', 'replayed')),
    last_error jsonb,
    payload jsonb NOT NULL DEFAULT '{}',
    created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    CHECK ((state = 'running') = (worker_id IS NOT NULL))
) WITH (fillfactor = 80, autovacuum_vacuum_scale_factor = 0.01, autovacuum_vacuum_cost_delay = 0);
CREATE INDEX jobs_ready ON jobs (queue, project_id, priority DESC, run_at, id) WHERE state = 'ready';
CREATE INDEX jobs_running ON jobs (worker_id) WHERE state = 'running';
CREATE UNIQUE INDEX jobs_one_per_subject ON jobs (subject_id) WHERE subject_id IS NOT NULL;

CREATE TABLE jobs_finished (
    id uuid PRIMARY KEY,
    project_id uuid NOT NULL,
    queue text NOT NULL,
    kind text NOT NULL,
    subject_id uuid,
    outcome text NOT NULL CHECK (outcome IN ('succeeded', 'failed', 'cancelled', 'quarantined')),
    priority smallint NOT NULL,
    lease_token bigint NOT NULL,
    failures smallint NOT NULL,
    lost_leases smallint NOT NULL,
    max_failures smallint NOT NULL,
    last_error jsonb,
    payload jsonb NOT NULL,
    created_at timestamptz NOT NULL,
    finished_at timestamptz NOT NULL DEFAULT clock_timestamp()
);
CREATE INDEX jobs_finished_newest ON jobs_finished (finished_at DESC);

CREATE TABLE job_attempts (
    job_id uuid NOT NULL,
    lease_token bigint NOT NULL,
    project_id uuid NOT NULL,
    worker_id uuid NOT NULL,
    started_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    ended_at timestamptz,
    outcome text CHECK (outcome IN (
        'succeeded', 'parked', 'retry', 'released', 'lost', 'failed', 'cancelled', 'quarantined')),
    error jsonb,
    PRIMARY KEY (job_id, lease_token)
);

-- Agent runs, events, artifacts, model calls -------------------------------------------------------------------------

CREATE TABLE agent_runs (
    thread_id uuid NOT NULL,
    key text NOT NULL CHECK (key ~ '^[0-9a-f]{64}$'),
    project_id uuid NOT NULL,
    node text NOT NULL,
    status text NOT NULL CHECK (status IN ('intent', 'succeeded')),
    inputs_hash text NOT NULL,
    outputs_hash text,
    output jsonb,
    job_id uuid NOT NULL,
    lease_token bigint NOT NULL,
    tries integer NOT NULL DEFAULT 1,
    checkpoint_id text,
    duration_ms integer,
    started_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    finished_at timestamptz,
    PRIMARY KEY (thread_id, key),
    CHECK ((status = 'succeeded') = (finished_at IS NOT NULL))
);

CREATE TABLE event_streams (
    stream_id uuid PRIMARY KEY,
    project_id uuid NOT NULL,
    last_seq integer NOT NULL DEFAULT 0
) WITH (fillfactor = 50);

CREATE TABLE events (
    stream_id uuid NOT NULL,
    seq integer NOT NULL CHECK (seq >= 1),
    project_id uuid NOT NULL,
    type text NOT NULL,
    node text,
    run_id uuid,
    checkpoint_id text,
    payload jsonb NOT NULL,
    at timestamptz NOT NULL DEFAULT clock_timestamp(),
    PRIMARY KEY (stream_id, seq)
);

CREATE TABLE artifacts (
    id uuid PRIMARY KEY,
    project_id uuid NOT NULL REFERENCES projects (id),
    decision_set_id uuid NOT NULL REFERENCES decision_sets (id),
    kind text NOT NULL CHECK (kind IN ('repository', 'validation-run', 'quarantine')),
    sha256 text NOT NULL CHECK (sha256 ~ '^[0-9a-f]{64}$'),
    content_sha256 text,
    size_bytes bigint NOT NULL CHECK (size_bytes >= 0),
    media_type text NOT NULL,
    file_name text NOT NULL,
    created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    UNIQUE (decision_set_id, kind, sha256)
);
CREATE INDEX artifacts_by_digest ON artifacts (sha256);

CREATE TABLE model_calls (
    id uuid PRIMARY KEY,
    project_id uuid NOT NULL,
    decision_set_id uuid NOT NULL,
    run_id uuid NOT NULL,
    node text NOT NULL,
    agent_run_key text NOT NULL,
    provider text NOT NULL,
    model text NOT NULL,
    prompt_pack text NOT NULL,
    input_tokens integer NOT NULL DEFAULT 0,
    output_tokens integer NOT NULL DEFAULT 0,
    cost_usd numeric(12, 6) NOT NULL DEFAULT 0,
    latency_ms integer NOT NULL,
    finish_reason text NOT NULL,
    created_at timestamptz NOT NULL DEFAULT clock_timestamp()
);
CREATE INDEX model_calls_of_run ON model_calls (run_id);
