-- What is under way and what is spent: by this provider, this run and this project in this month.
SELECT
    (SELECT count(*) FROM model_places WHERE provider = %(provider)s AND expires_at > clock_timestamp()) AS busy,
    (SELECT min(expires_at) - clock_timestamp() FROM model_places
        WHERE provider = %(provider)s AND expires_at > clock_timestamp()) AS next_free,
    (SELECT greatest(next_at - clock_timestamp(), interval '0') FROM model_rates WHERE provider = %(provider)s) AS wait,
    coalesce(run.tokens, 0) AS run_tokens, coalesce(run.usd, 0) AS run_usd,
    coalesce(month.tokens, 0) AS month_tokens, coalesce(month.usd, 0) AS month_usd,
    coalesce(held.run_tokens, 0) AS held_run_tokens, coalesce(held.run_usd, 0) AS held_run_usd,
    coalesce(held.tokens, 0) AS held_tokens, coalesce(held.usd, 0) AS held_usd
FROM (SELECT sum(tokens) FILTER (WHERE run_id = %(run_id)s) AS run_tokens,
             sum(cost_usd) FILTER (WHERE run_id = %(run_id)s) AS run_usd,
             sum(tokens) AS tokens, sum(cost_usd) AS usd
      FROM model_places WHERE project_id = %(project_id)s AND expires_at > clock_timestamp()) AS held
LEFT JOIN (SELECT input_tokens + output_tokens AS tokens, cost_usd AS usd FROM model_totals
           WHERE project_id = %(project_id)s AND scope = %(run_scope)s) AS run ON true
LEFT JOIN (SELECT input_tokens + output_tokens AS tokens, cost_usd AS usd FROM model_totals
           WHERE project_id = %(project_id)s
             AND scope = 'month:' || to_char(clock_timestamp() AT TIME ZONE 'UTC', 'YYYY-MM')) AS month ON true;
