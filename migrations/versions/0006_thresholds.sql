-- Numbers of rules that a project set for itself; a rule without one is judged by the product's own.
CREATE TABLE policy_thresholds (
    project_id uuid NOT NULL REFERENCES projects (id),
    name text NOT NULL CHECK (name <> ''),
    value double precision NOT NULL CHECK (value = value AND value BETWEEN -1e12 AND 1e12),
    reason text NOT NULL CHECK (btrim(reason) <> ''),
    set_by text NOT NULL CHECK (btrim(set_by) <> ''),
    identified_by text NOT NULL,
    set_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    PRIMARY KEY (project_id, name)
);
