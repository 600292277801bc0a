-- What is one round trip: each function enters its own scope, for its transaction alone, and does the whole of a step.

-- Stores one job, or says that the subject has one already (no row); `alone` it enters the project's scope itself.
CREATE FUNCTION decisionworks_enqueue(alone boolean, job_id uuid, in_project uuid, of_kind text, in_queue text,
    about_subject uuid, with_payload jsonb, with_priority integer, most_failures integer, not_before timestamptz)
RETURNS SETOF uuid LANGUAGE plpgsql AS $function$
#variable_conflict use_column
DECLARE
    due_at constant timestamptz := coalesce(not_before, clock_timestamp());
BEGIN
    IF alone THEN
        PERFORM set_config('role', 'decisionworks_app', true),
            set_config('decisionworks.project_id', in_project::text, true);
    END IF;
    RETURN QUERY INSERT INTO jobs (id, project_id, kind, queue, subject_id, payload, priority, max_failures, state,
        run_at, rank_at)
    VALUES (job_id, in_project, of_kind, in_queue, about_subject, with_payload, with_priority, most_failures,
        CASE WHEN due_at > clock_timestamp() THEN 'scheduled' ELSE 'ready' END,
        due_at, due_at - with_priority * interval '60 s')
    ON CONFLICT (subject_id) WHERE subject_id IS NOT NULL DO NOTHING
    RETURNING id;
END $function$;

-- Moves a job that this lease still holds out of the hot table; no row: the lease is lost.
CREATE FUNCTION decisionworks_finish_job(of_job uuid, under_token bigint, with_outcome text, with_error jsonb)
RETURNS SETOF uuid LANGUAGE sql AS $function$
WITH gone AS (
    DELETE FROM jobs WHERE id = of_job AND lease_token = under_token AND state = 'running' RETURNING *
)
INSERT INTO jobs_finished (id, project_id, queue, kind, subject_id, outcome, priority, lease_token, failures,
    lost_leases, max_failures, last_error, payload, created_at, worker_id, claimed_at)
SELECT id, project_id, queue, kind, subject_id, with_outcome, priority, lease_token, failures,
    lost_leases, max_failures, coalesce(with_error, last_error), payload, created_at, worker_id, claimed_at FROM gone
RETURNING id
$function$;

-- Moves succeeded jobs that these leases still hold out of the hot table; answers their ids, the others are lost. However
-- long the queue is, each is looked up by its id: no other join is allowed, and the state is asked in a way from which the
-- planner concludes nothing, for statistics that know of no running job make it compare all of them with all leases.
CREATE FUNCTION decisionworks_finish_many(job_ids uuid[], lease_tokens bigint[]) RETURNS SETOF uuid
LANGUAGE plpgsql SET enable_hashjoin = off SET enable_mergejoin = off AS $function$
#variable_conflict use_column
BEGIN
    PERFORM set_config('role', 'decisionworks_system', true);
    RETURN QUERY WITH gone AS (
        DELETE FROM jobs USING unnest(job_ids, lease_tokens) AS held (id, lease_token)
        WHERE jobs.id = held.id AND jobs.lease_token = held.lease_token
            AND CASE jobs.state WHEN 'running' THEN true ELSE false END
        RETURNING jobs.*
    )
    INSERT INTO jobs_finished (id, project_id, queue, kind, subject_id, outcome, priority, lease_token, failures,
        lost_leases, max_failures, last_error, payload, created_at, worker_id, claimed_at)
    SELECT id, project_id, queue, kind, subject_id, 'succeeded', priority, lease_token, failures,
        lost_leases, max_failures, last_error, payload, created_at, worker_id, claimed_at FROM gone
    RETURNING id;
END $function$;

-- Commits what an attempt made: finished nodes, their events, the checkpoints behind them and the end of the job, all or
-- nothing, if the lease still holds. The row says what the lease check saw, and whether the same was committed before; no row, or an
-- end asked for and heeded: nothing is written.
-- The job is share-locked until the transaction ends, so that a takeover waits for this commit. A function, because it
-- enters the scope of its project before its statement is planned: a whole commit is one statement and one round trip.
CREATE FUNCTION decisionworks_commit_nodes(
    of_job uuid, under_token bigint, on_thread uuid, in_project uuid, heeds_cancel boolean, made jsonb,
    waits boolean DEFAULT true
) RETURNS TABLE (failures smallint, lost_leases smallint, cancel_requested boolean, is_known boolean)
LANGUAGE plpgsql AS $function$
#variable_conflict use_column
DECLARE
    thread_text constant text := on_thread::text;
    told_count constant integer := jsonb_array_length(made -> 'events');
    told_before integer;
    is_progress constant boolean := (made ->> 'is_progress')::boolean;
    is_again constant boolean := (made ->> 'is_again')::boolean;
    written integer;
BEGIN
    PERFORM set_config('role', 'decisionworks_app', true), set_config('decisionworks.project_id', in_project::text, true);
    -- Sent again because the answer was lost on its way: the first sending may be under way still, and holds the job too.
    CASE
        WHEN NOT is_again AND waits THEN
            SELECT jobs.failures, jobs.lost_leases, jobs.cancel_requested INTO failures, lost_leases, cancel_requested
            FROM jobs WHERE jobs.id = of_job AND jobs.lease_token = under_token AND jobs.state = 'running' FOR SHARE;
        WHEN NOT is_again THEN
            SELECT jobs.failures, jobs.lost_leases, jobs.cancel_requested INTO failures, lost_leases, cancel_requested
            FROM jobs WHERE jobs.id = of_job AND jobs.lease_token = under_token AND jobs.state = 'running'
            FOR SHARE SKIP LOCKED;
        WHEN waits THEN
            SELECT jobs.failures, jobs.lost_leases, jobs.cancel_requested INTO failures, lost_leases, cancel_requested
            FROM jobs WHERE jobs.id = of_job AND jobs.lease_token = under_token AND jobs.state = 'running' FOR UPDATE;
        ELSE
            SELECT jobs.failures, jobs.lost_leases, jobs.cancel_requested INTO failures, lost_leases, cancel_requested
            FROM jobs WHERE jobs.id = of_job AND jobs.lease_token = under_token AND jobs.state = 'running'
            FOR UPDATE SKIP LOCKED;
    END CASE;
    IF NOT FOUND THEN
        RETURN;
    END IF;
    -- It may have gone through, and then all of it has.
    is_known := is_again AND EXISTS (SELECT FROM agent_runs
        WHERE thread_id = on_thread AND lease_token = under_token AND (key, status) IN (
            SELECT run ->> 'key', CASE WHEN run ? 'output' THEN 'succeeded' ELSE 'intent' END
            FROM jsonb_array_elements(made -> 'runs') AS run));
    IF is_known OR (cancel_requested AND heeds_cancel) THEN
        RETURN NEXT;
        RETURN;
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
        -- A first sending that arrives after the second one finds its nodes finished.
        GET DIAGNOSTICS written = ROW_COUNT;
        is_known := written < jsonb_array_length(made -> 'runs');
    END IF;
    RETURN NEXT;
    IF is_known THEN
        RETURN;
    END IF;
    IF is_progress AND (failures > 0 OR lost_leases > 0) THEN
        UPDATE jobs SET lost_leases = 0, failures = 0 WHERE jobs.id = of_job;
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
    IF made ? 'end' THEN
        PERFORM decisionworks_finish_job(of_job, under_token, made -> 'end' ->> 'outcome', NULL);
    END IF;
END $function$;

-- Commits what several attempts made, each as if alone, in one transaction. What has no row here did not commit: its lease
-- is lost, or somebody else holds its job at this moment; asking alone tells which.
CREATE FUNCTION decisionworks_commit_together(commits jsonb)
RETURNS TABLE (nth integer, failures smallint, lost_leases smallint, cancel_requested boolean, is_known boolean)
LANGUAGE plpgsql AS $function$
DECLARE
    one jsonb;
    number integer := 0;
BEGIN
    FOR one IN SELECT * FROM jsonb_array_elements(commits) LOOP
        RETURN QUERY SELECT number, done.* FROM decisionworks_commit_nodes((one ->> 0)::uuid, (one ->> 1)::bigint,
            (one ->> 2)::uuid, (one ->> 3)::uuid, (one ->> 4)::boolean, one -> 5, waits => false) AS done;
        number := number + 1;
    END LOOP;
END $function$;

-- What earlier attempts at a thread recorded.
CREATE FUNCTION decisionworks_runs_of(on_thread uuid, in_project uuid)
RETURNS TABLE (key text, status text, output jsonb) LANGUAGE plpgsql AS $function$
#variable_conflict use_column
BEGIN
    PERFORM set_config('role', 'decisionworks_app', true), set_config('decisionworks.project_id', in_project::text, true);
    RETURN QUERY SELECT key, status, output FROM agent_runs WHERE thread_id = on_thread;
END $function$;

-- The token of the next attempt, greater than all before it: the attempt's number and 20 bits by lot.
CREATE FUNCTION decisionworks_next_token(of_last bigint) RETURNS bigint LANGUAGE sql VOLATILE
RETURN (((of_last >> 20) + 1) << 20) + floor(random() * 1048576)::bigint;

-- Hands up to `free` ready jobs of one queue to one live worker, round robin over projects, each under a new token.
-- Limits come first: a project that has one, and for which somebody else claims right now, gets nothing here.
-- What is ready is due: a clock that was set back since then keeps nothing waiting.
-- `waiting` steps from project to project by index, at most `width` of them after a cursor, without reading the
-- backlog; or it takes projects already known, each from a rank on, past entries that are dead but not yet cleaned.
-- `pick` is materialized, so that the planner never claims more than asked.
-- A claim is a promise to nobody, so it does not wait for the disk; whatever its worker makes durable afterwards takes it
-- along. A crash of the server before that gives the job to somebody else, under a token that differs all the same: its
-- high bits count the attempts, its low ones are drawn by lot.
CREATE FUNCTION decisionworks_claim(for_worker uuid, free integer, of_queue text, is_scan boolean, after_project uuid,
    width integer, known uuid[], marks timestamptz[])
RETURNS TABLE (id uuid, project_id uuid, kind text, subject_id uuid, payload jsonb, lease_token bigint, failures smallint,
    lost_leases smallint, max_failures smallint, cancel_requested boolean, returned text, created_at timestamptz,
    rank_at timestamptz, waited_s float8, projects bigint, last_project uuid, took_s float8)
LANGUAGE plpgsql AS $function$
#variable_conflict use_column
DECLARE
    locked uuid[];
BEGIN
    PERFORM set_config('role', 'decisionworks_system', true), set_config('synchronous_commit', 'off', true);
    SELECT array_agg(held.project_id) INTO locked FROM (
        SELECT project_id FROM project_limits
        -- Asked in order, so that the index answers, whatever the planner expects.
        WHERE CASE WHEN is_scan THEN project_id > after_project AND project_id = (SELECT next.project_id FROM jobs AS next
                WHERE next.state = 'ready' AND next.queue = of_queue AND next.project_id >= project_limits.project_id
                ORDER BY next.project_id LIMIT 1)
            ELSE project_id = ANY(known) END
        ORDER BY project_id LIMIT 1000 FOR UPDATE SKIP LOCKED) AS held;
    RETURN QUERY WITH RECURSIVE stepping AS (
        SELECT first.project_id, 1 AS step
        FROM (SELECT project_id FROM jobs WHERE state = 'ready' AND queue = of_queue AND project_id > after_project
                ORDER BY project_id LIMIT 1) AS first
        WHERE is_scan
        UNION ALL
        SELECT (SELECT next.project_id FROM jobs AS next
                WHERE next.state = 'ready' AND next.queue = of_queue AND next.project_id > stepping.project_id
                ORDER BY next.project_id LIMIT 1), stepping.step + 1
        FROM stepping WHERE stepping.project_id IS NOT NULL AND stepping.step < width
    ), waiting AS MATERIALIZED (
        SELECT project_id, '-infinity'::timestamptz AS from_rank, step AS turn FROM stepping WHERE project_id IS NOT NULL
        UNION ALL
        SELECT known.project_id, known.from_rank, known.nth
        FROM unnest(known::uuid[], marks::timestamptz[]) WITH ORDINALITY AS known (project_id, from_rank, nth)
    ), served AS MATERIALIZED (
        SELECT waiting.*, CASE WHEN project_limits.max_running IS NULL THEN share.size
            WHEN waiting.project_id = ANY(locked) THEN least(share.size, greatest(0,
                project_limits.max_running - (SELECT count(*) FROM jobs WHERE state = 'running'
                    AND project_id = waiting.project_id AND worker_id IN (SELECT worker_id FROM workers))))
            ELSE 0 END AS most
        FROM waiting LEFT JOIN project_limits USING (project_id),
            (SELECT ceil(free::numeric / greatest(1, count(*)))::int AS size FROM waiting) AS share
        WHERE EXISTS (SELECT FROM workers WHERE worker_id = for_worker AND beat_at > clock_timestamp() - lease)
        -- Where the slots do not suffice for all, it is known whose turn is next.
        ORDER BY waiting.turn
    ), pick AS MATERIALIZED (
        SELECT candidate.id
        FROM served CROSS JOIN LATERAL (
            SELECT id FROM jobs
            WHERE state = 'ready' AND queue = of_queue AND project_id = served.project_id
                AND rank_at >= served.from_rank
            ORDER BY rank_at, id
            LIMIT served.most FOR UPDATE SKIP LOCKED) AS candidate
        LIMIT free
    ), claimed AS (
        UPDATE jobs SET state = 'running', lease_token = decisionworks_next_token(lease_token), worker_id = for_worker,
            claimed_at = clock_timestamp()
        -- An array, not a join: however many the planner expects, it looks them up and never reads the whole table.
        WHERE jobs.id = ANY(ARRAY(SELECT pick.id FROM pick))
        RETURNING jobs.id, jobs.project_id, jobs.kind, jobs.subject_id, jobs.payload, jobs.lease_token, jobs.failures,
            jobs.lost_leases, jobs.max_failures, jobs.cancel_requested, jobs.returned, jobs.created_at, jobs.rank_at,
            extract(epoch FROM jobs.claimed_at - jobs.run_at)::float8 AS waited_s
    )
    SELECT claimed.*, seen.projects, seen.last_project,
        extract(epoch FROM clock_timestamp() - statement_timestamp())::float8 AS took_s
    FROM (SELECT count(*) AS projects, max(project_id::text)::uuid AS last_project FROM stepping
            WHERE project_id IS NOT NULL) AS seen
    LEFT JOIN claimed ON true
    ORDER BY claimed.rank_at, claimed.id;
END $function$;
