-- Who accepted which fired rule, for what reason, for how long. A row is never changed but to be revoked.
CREATE TABLE policy_waivers (
    id uuid PRIMARY KEY,
    project_id uuid NOT NULL REFERENCES projects (id),
    policy_id text NOT NULL CHECK (policy_id <> ''),
    -- The scope: one decision set with its revisions, or the whole project where it is null.
    decision_set_id uuid REFERENCES decision_sets (id),
    reason text NOT NULL CHECK (btrim(reason) <> ''),
    approved_by text NOT NULL CHECK (btrim(approved_by) <> ''),
    identified_by text NOT NULL,
    created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    expires_at timestamptz NOT NULL,
    revoked_at timestamptz,
    revoked_by text,
    CHECK (expires_at > created_at),
    CHECK ((revoked_at IS NULL) = (revoked_by IS NULL))
);
CREATE INDEX policy_waivers_of_project ON policy_waivers (project_id) WHERE revoked_at IS NULL;
