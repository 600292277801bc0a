-- Who may call a model when, decided in one round trip: a call waits for it every time.

-- Takes a place and a moment of a provider, or says what stands in the way; nothing is taken then. A limit that is null is
-- none. Enters the system's scope. Loosely durable: what a crash of the server loses is a reservation.
CREATE FUNCTION decisionworks_take_model_place(
    place_id uuid, of_provider text, of_project uuid, of_run uuid, needs_tokens integer, needs_usd numeric,
    lasts interval, spacing interval, longest_wait interval, at_once integer,
    most_run_tokens bigint, most_run_usd numeric, most_month_tokens bigint, most_month_usd numeric
) RETURNS TABLE (is_taken boolean, busy bigint, seen_at timestamptz, due_at timestamptz, run_tokens bigint,
    run_usd numeric, month_tokens bigint, month_usd numeric, keeps_texts boolean)
LANGUAGE plpgsql AS $function$
#variable_conflict use_column
BEGIN
    PERFORM set_config('role', 'decisionworks_system', true), set_config('synchronous_commit', 'off', true);
    -- The project's turn, where budgets are looked at; then the provider's, which its row is.
    PERFORM pg_advisory_xact_lock(hashtextextended(of_project::text, 7));
    INSERT INTO model_rates (provider) VALUES (of_provider)
    ON CONFLICT (provider) DO UPDATE SET provider = excluded.provider
    RETURNING next_at, clock_timestamp() INTO due_at, seen_at;
    due_at := greatest(due_at, seen_at);
    SELECT count(*) INTO busy FROM model_places WHERE provider = of_provider AND expires_at > clock_timestamp();
    SELECT coalesce(sum(tokens) FILTER (WHERE run_id = of_run), 0), coalesce(sum(cost_usd) FILTER (WHERE run_id = of_run), 0),
        coalesce(sum(tokens), 0), coalesce(sum(cost_usd), 0)
    INTO run_tokens, run_usd, month_tokens, month_usd
    FROM model_places WHERE project_id = of_project AND expires_at > clock_timestamp();
    SELECT run_tokens + coalesce(sum(input_tokens + output_tokens) FILTER (WHERE scope LIKE 'run:%'), 0),
        run_usd + coalesce(sum(cost_usd) FILTER (WHERE scope LIKE 'run:%'), 0),
        month_tokens + coalesce(sum(input_tokens + output_tokens) FILTER (WHERE scope LIKE 'month:%'), 0),
        month_usd + coalesce(sum(cost_usd) FILTER (WHERE scope LIKE 'month:%'), 0)
    INTO run_tokens, run_usd, month_tokens, month_usd
    FROM model_totals WHERE project_id = of_project
        AND scope IN ('run:' || of_run, 'month:' || to_char(clock_timestamp() AT TIME ZONE 'UTC', 'YYYY-MM'));
    SELECT keeps_model_texts INTO keeps_texts FROM projects WHERE id = of_project;
    is_taken := (at_once IS NULL OR busy < at_once) AND due_at - seen_at <= longest_wait
        AND (most_run_tokens IS NULL OR run_tokens + needs_tokens <= most_run_tokens)
        AND (most_run_usd IS NULL OR run_usd + needs_usd <= most_run_usd)
        AND (most_month_tokens IS NULL OR month_tokens + needs_tokens <= most_month_tokens)
        AND (most_month_usd IS NULL OR month_usd + needs_usd <= most_month_usd);
    IF is_taken THEN
        UPDATE model_rates SET next_at = due_at + spacing WHERE provider = of_provider;
        DELETE FROM model_places WHERE expires_at < clock_timestamp() - interval '1 minute';
        INSERT INTO model_places (id, provider, project_id, run_id, tokens, cost_usd, expires_at)
        VALUES (place_id, of_provider, of_project, of_run, needs_tokens, needs_usd, due_at + lasts);
    END IF;
    RETURN NEXT;
END
$function$;
