-- Writes a call down, adds it to the totals of its run and month, and frees its place; once, however often it is sent.
WITH freed AS (
    DELETE FROM model_places WHERE id = %(place_id)s
), called AS (
    INSERT INTO model_calls (id, project_id, decision_set_id, run_id, node, question_key, task, try, provider, model,
        prompt_pack, outcome, input_tokens, output_tokens, cache_read_tokens, cache_write_tokens, reasoning_tokens,
        cost_usd, latency_ms, finish_reason, request_id, requests, detail, held_answer, kept_prompt, kept_answer)
    SELECT %(id)s, %(project_id)s, %(decision_set_id)s, %(run_id)s, %(node)s, %(question_key)s, %(task)s, %(try)s,
        %(provider)s, %(model)s, %(prompt_pack)s, %(outcome)s, %(input_tokens)s, %(output_tokens)s,
        %(cache_read_tokens)s, %(cache_write_tokens)s, %(reasoning_tokens)s, %(cost_usd)s, %(latency_ms)s,
        %(finish_reason)s, %(request_id)s, %(requests)s, %(detail)s, %(held_answer)s,
        CASE WHEN keeps_model_texts THEN %(kept_prompt)s END, CASE WHEN keeps_model_texts THEN %(kept_answer)s END
    FROM projects WHERE id = %(project_id)s
    ON CONFLICT (id) DO NOTHING
    RETURNING project_id
)
INSERT INTO model_totals AS total (project_id, scope, calls, input_tokens, output_tokens, cost_usd)
SELECT called.project_id, scope, 1, %(input_tokens)s + %(cache_read_tokens)s + %(cache_write_tokens)s,
    %(output_tokens)s, %(cost_usd)s
FROM called, unnest(ARRAY[%(run_scope)s, 'month:' || to_char(clock_timestamp() AT TIME ZONE 'UTC', 'YYYY-MM')]) AS scope
ON CONFLICT (project_id, scope) DO UPDATE SET calls = total.calls + excluded.calls,
    input_tokens = total.input_tokens + excluded.input_tokens,
    output_tokens = total.output_tokens + excluded.output_tokens, cost_usd = total.cost_usd + excluded.cost_usd;
