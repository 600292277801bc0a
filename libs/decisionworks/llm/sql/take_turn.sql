-- Takes the provider's turn until this transaction ends, and the project's where budgets are checked.
WITH turn AS (SELECT pg_advisory_xact_lock(hashtextextended(%(project_id)s::text, 7)))
INSERT INTO model_rates (provider) SELECT %(provider)s FROM turn
ON CONFLICT (provider) DO UPDATE SET provider = excluded.provider
RETURNING next_at;
