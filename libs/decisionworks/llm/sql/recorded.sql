-- What earlier attempts of the same run heard to this question, oldest first.
SELECT provider, model, try, outcome, held_answer, finish_reason, detail, input_tokens, output_tokens,
    cache_read_tokens, cache_write_tokens, reasoning_tokens, cost_usd
FROM model_calls WHERE decision_set_id = %(decision_set_id)s AND question_key = %(question_key)s AND run_id = %(run_id)s
ORDER BY created_at, id;
