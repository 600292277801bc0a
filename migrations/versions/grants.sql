-- Roles that own nothing, and row-level security that not even an owner passes by. Idempotent; runs after every
-- migration, because LangGraph's tables are made by LangGraph.

DO $$
DECLARE
    wanted text;
BEGIN
    FOREACH wanted IN ARRAY ARRAY['decisionworks_app', 'decisionworks_system'] LOOP
        BEGIN
            IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = wanted) THEN
                EXECUTE format('CREATE ROLE %I NOLOGIN', wanted);
            END IF;
        EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL;
        END;
        IF NOT pg_has_role(current_user, wanted, 'MEMBER') THEN
            EXECUTE format('GRANT %I TO CURRENT_USER', wanted);
        END IF;
    END LOOP;
END $$;

GRANT USAGE ON SCHEMA public TO decisionworks_app, decisionworks_system;

-- LangGraph knows no tenant: its rows take the project of the transaction that writes them.
DO $$
DECLARE
    checkpoint_table text;
BEGIN
    FOREACH checkpoint_table IN ARRAY ARRAY['checkpoints', 'checkpoint_blobs', 'checkpoint_writes'] LOOP
        EXECUTE format('ALTER TABLE %I ADD COLUMN IF NOT EXISTS project_id uuid', checkpoint_table);
        EXECUTE format(
            'ALTER TABLE %I ALTER COLUMN project_id SET DEFAULT current_setting(''decisionworks.project_id'')::uuid,
             ALTER COLUMN project_id SET NOT NULL', checkpoint_table);
    END LOOP;
END $$;

DO $$
DECLARE
    tenant_table text;
    scope constant text := 'project_id = nullif(current_setting(''decisionworks.project_id'', true), '''')::uuid';
BEGIN
    FOREACH tenant_table IN ARRAY ARRAY[
        'members', 'decision_sets', 'idempotency_keys', 'gates', 'gate_decisions', 'jobs', 'jobs_finished',
        'job_attempts', 'agent_runs', 'event_streams', 'events', 'artifacts', 'model_calls', 'model_totals', 'model_places',
        'project_limits', 'schedules', 'schedule_ticks', 'policy_waivers',
        'policy_thresholds',
        'checkpoints', 'checkpoint_blobs', 'checkpoint_writes'] LOOP
        EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', tenant_table);
        EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', tenant_table);
        EXECUTE format('DROP POLICY IF EXISTS one_project ON %I', tenant_table);
        EXECUTE format('CREATE POLICY one_project ON %I TO decisionworks_app USING (%s) WITH CHECK (%s)',
            tenant_table, scope, scope);
        EXECUTE format('GRANT SELECT, INSERT ON %I TO decisionworks_app', tenant_table);
    END LOOP;
    ALTER TABLE projects ENABLE ROW LEVEL SECURITY;
    ALTER TABLE projects FORCE ROW LEVEL SECURITY;
    DROP POLICY IF EXISTS one_project ON projects;
    EXECUTE format('CREATE POLICY one_project ON projects TO decisionworks_app USING (%s)',
        replace(scope, 'project_id =', 'id ='));
    ALTER TABLE api_keys ENABLE ROW LEVEL SECURITY;
    ALTER TABLE api_keys FORCE ROW LEVEL SECURITY;
END $$;

GRANT SELECT ON projects TO decisionworks_app;
GRANT UPDATE ON decision_sets, gates, event_streams, agent_runs, jobs, job_attempts,
    checkpoints, checkpoint_blobs, checkpoint_writes TO decisionworks_app;
GRANT DELETE ON jobs, schedules, model_places, policy_thresholds TO decisionworks_app;
GRANT UPDATE ON model_totals, policy_thresholds TO decisionworks_app;
GRANT UPDATE (held_answer, kept_prompt, kept_answer) ON model_calls TO decisionworks_app;
GRANT UPDATE (checkpoint_id) ON events TO decisionworks_app;
GRANT UPDATE (revoked_at, revoked_by) ON policy_waivers TO decisionworks_app;

-- The system's scope: the queue across projects, liveness, keys; of tenant content only ids and states.
DO $$
DECLARE
    system_table text;
BEGIN
    FOREACH system_table IN ARRAY ARRAY[
        'projects', 'api_keys', 'jobs', 'jobs_finished', 'job_attempts', 'decision_sets', 'artifacts', 'members',
        'model_totals', 'model_places', 'project_limits', 'schedules', 'schedule_ticks',
        'checkpoints', 'checkpoint_blobs', 'checkpoint_writes'] LOOP
        EXECUTE format('DROP POLICY IF EXISTS all_projects ON %I', system_table);
        EXECUTE format('CREATE POLICY all_projects ON %I TO decisionworks_system USING (true) WITH CHECK (true)',
            system_table);
    END LOOP;
END $$;
GRANT SELECT, INSERT, UPDATE ON projects, api_keys, members TO decisionworks_system;
GRANT SELECT, INSERT, UPDATE, DELETE ON jobs, jobs_finished, job_attempts, workers, project_limits, schedules,
    schedule_ticks TO decisionworks_system;
GRANT SELECT (id, project_id, status, created_at) ON decision_sets TO decisionworks_system;
GRANT SELECT (sha256, project_id) ON artifacts TO decisionworks_system;
GRANT SELECT ON workers TO decisionworks_app;

-- Limits of providers and budgets hold across projects; sums and reservations, no content.
GRANT SELECT ON model_totals TO decisionworks_system;
GRANT SELECT, INSERT, UPDATE ON model_rates TO decisionworks_system;
GRANT SELECT, INSERT, DELETE ON model_places TO decisionworks_system;
-- Checkpoints of runs that ended long ago are removed; what is in them is not read.
GRANT SELECT (thread_id), DELETE ON checkpoints, checkpoint_blobs, checkpoint_writes TO decisionworks_system;
