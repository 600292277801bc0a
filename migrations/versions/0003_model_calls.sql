-- The account of model calls. Nothing wrote to it before, so that its columns may still change their names.
ALTER TABLE model_calls RENAME COLUMN agent_run_key TO question_key;
ALTER TABLE model_calls
    ADD COLUMN task text NOT NULL,
    ADD COLUMN try smallint NOT NULL CHECK (try >= 1),
    ADD COLUMN outcome text NOT NULL CHECK (outcome IN ('answered', 'invalid', 'refused', 'failed')),
    ADD COLUMN cache_read_tokens integer NOT NULL DEFAULT 0,
    ADD COLUMN cache_write_tokens integer NOT NULL DEFAULT 0,
    ADD COLUMN reasoning_tokens integer NOT NULL DEFAULT 0,
    ADD COLUMN request_id text,
    ADD COLUMN requests smallint NOT NULL DEFAULT 1,
    ADD COLUMN detail text,
    -- The answer while its node has not committed, so that a crash between the two does not pay for it again.
    ADD COLUMN held_answer text,
    -- Redacted, and only where the project keeps texts.
    ADD COLUMN kept_prompt text,
    ADD COLUMN kept_answer text;
CREATE INDEX model_calls_of_question ON model_calls (decision_set_id, question_key);

ALTER TABLE projects ADD COLUMN keeps_model_texts boolean NOT NULL DEFAULT false;

-- What was spent: one row per project and month, one per run.
CREATE TABLE model_totals (
    project_id uuid NOT NULL,
    scope text NOT NULL CHECK (scope ~ '^(month:[0-9]{4}-[0-9]{2}|run:[0-9a-f-]{36})$'),
    calls integer NOT NULL DEFAULT 0,
    input_tokens bigint NOT NULL DEFAULT 0,
    output_tokens bigint NOT NULL DEFAULT 0,
    cost_usd numeric(14, 6) NOT NULL DEFAULT 0,
    PRIMARY KEY (project_id, scope)
) WITH (fillfactor = 70);

-- When each provider may be called next. Whoever updates the row holds the provider's turn.
CREATE TABLE model_rates (
    provider text PRIMARY KEY,
    next_at timestamptz NOT NULL DEFAULT clock_timestamp()
) WITH (fillfactor = 50);

-- Calls under way, with the worst that they may cost. One of a killed worker counts until it expires.
CREATE TABLE model_places (
    id uuid PRIMARY KEY,
    provider text NOT NULL,
    project_id uuid NOT NULL,
    run_id uuid NOT NULL,
    tokens integer NOT NULL,
    cost_usd numeric(12, 6) NOT NULL,
    expires_at timestamptz NOT NULL
) WITH (fillfactor = 50);
CREATE INDEX model_places_expiry ON model_places (expires_at);
