"""The database itself says whether a worker wrote what it had no right to.

Every session of a test's worker carries the id of its process. At each commit that adds to a run (events, agent runs,
checkpoints, artifacts, gates, the decision set), a deferred trigger looks whether the run's job is held by a worker of
that process, or was let go by this very transaction. What is not, is a zombie write: it is kept in `crash.zombies`.
Claims are noted too, in `crash.claims`: who took which job over, and when.
"""

from __future__ import annotations

import psycopg

_TABLES = {
    "events": "stream_id",
    "agent_runs": "thread_id",
    "checkpoints": "thread_id",
    "checkpoint_blobs": "thread_id",
    "checkpoint_writes": "thread_id",
    "artifacts": "decision_set_id",
    "gates": "decision_set_id",
    "decision_sets": "id",
}

_SCHEMA = """
CREATE SCHEMA crash;
CREATE TABLE crash.identities (worker_id uuid PRIMARY KEY, process_id integer NOT NULL);
CREATE TABLE crash.let_go (xid xid8, subject_id uuid, lease_token bigint);
CREATE TABLE crash.zombies (at timestamptz DEFAULT clock_timestamp(), what text, process_id integer, subject_id uuid,
    xid xid8, facts jsonb);

CREATE FUNCTION crash.note_identity() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS $$
BEGIN
    INSERT INTO crash.identities VALUES (NEW.worker_id, NEW.process_id) ON CONFLICT DO NOTHING;
    RETURN NULL;
END $$;
CREATE TRIGGER note_identity AFTER INSERT ON workers FOR EACH ROW EXECUTE FUNCTION crash.note_identity();

CREATE TABLE crash.claims (at timestamptz DEFAULT clock_timestamp(), job_id uuid, lease_token bigint,
    process_id integer);
CREATE FUNCTION crash.note_claim() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS $$
BEGIN
    IF NEW.state = 'running' AND NEW.lease_token > OLD.lease_token THEN
        INSERT INTO crash.claims (job_id, lease_token, process_id)
            SELECT NEW.id, NEW.lease_token, process_id FROM crash.identities WHERE worker_id = NEW.worker_id;
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER note_claim AFTER UPDATE ON jobs FOR EACH ROW EXECUTE FUNCTION crash.note_claim();

CREATE FUNCTION crash.process() RETURNS integer LANGUAGE sql AS
    $$ SELECT nullif(current_setting('crash.process', true), '')::integer $$;

CREATE FUNCTION crash.note_let_go() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS $$
BEGIN
    IF OLD.state = 'running' AND EXISTS (SELECT FROM crash.identities
            WHERE worker_id = OLD.worker_id AND process_id = crash.process()) THEN
        INSERT INTO crash.let_go VALUES (pg_current_xact_id(), coalesce(OLD.subject_id, OLD.id), OLD.lease_token);
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER note_let_go AFTER UPDATE OR DELETE ON jobs FOR EACH ROW EXECUTE FUNCTION crash.note_let_go();

CREATE FUNCTION crash.watch() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS $$
DECLARE
    wrote jsonb := to_jsonb(NEW);
    subject uuid := (wrote ->> TG_ARGV[0])::uuid;
    token bigint := (wrote ->> 'lease_token')::bigint;
BEGIN
    IF crash.process() IS NULL OR EXISTS (
        SELECT FROM jobs JOIN crash.identities USING (worker_id)
        WHERE coalesce(jobs.subject_id, jobs.id) = subject AND jobs.state = 'running'
            AND identities.process_id = crash.process() AND coalesce(token, jobs.lease_token) = jobs.lease_token
    ) OR EXISTS (SELECT FROM crash.let_go WHERE xid = pg_current_xact_id() AND let_go.subject_id = subject
            AND coalesce(token, let_go.lease_token) = let_go.lease_token) THEN
        RETURN NULL;
    END IF;
    INSERT INTO crash.zombies (what, process_id, subject_id, xid, facts)
        VALUES (TG_TABLE_NAME, crash.process(), subject, pg_current_xact_id(),
            jsonb_build_object('type', wrote -> 'type', 'node', wrote -> 'node', 'token', token));
    RETURN NULL;
END $$;
GRANT USAGE ON SCHEMA crash TO PUBLIC;
"""

_TRIGGER = """
CREATE CONSTRAINT TRIGGER watch AFTER INSERT OR UPDATE ON {table} DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW EXECUTE FUNCTION crash.watch('{column}')
"""


def watch_for_zombies(url: str) -> None:
    """Put the watch into a migrated database."""
    with psycopg.connect(url) as connection:
        connection.execute(_SCHEMA.encode())
        for table, column in _TABLES.items():
            connection.execute(_TRIGGER.format(table=table, column=column).encode())


def zombie_writes(connection: psycopg.Connection) -> list[tuple[object, ...]]:
    """The writes that no lease allowed."""
    return connection.execute("SELECT what, process_id, subject_id, facts FROM crash.zombies ORDER BY at").fetchall()
