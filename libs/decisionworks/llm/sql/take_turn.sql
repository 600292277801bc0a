-- Takes the provider's turn until this transaction ends, and the project's where budgets are checked; what is lost when the
-- server crashes is a reservation, so the commit need not wait for the disk.
WITH turn AS (SELECT pg_advisory_xact_lock(hashtextextended(%(project_id)s::text, 7)), set_config('synchronous_commit', 'off', true))
INSERT INTO model_rates (provider) SELECT %(provider)s FROM turn
ON CONFLICT (provider) DO UPDATE SET provider = excluded.provider
RETURNING next_at;
