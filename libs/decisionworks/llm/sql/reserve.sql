-- Reserves a place until the call must have ended, and moves the provider's next moment by one spacing.
WITH moved AS (
    UPDATE model_rates SET next_at = greatest(next_at, clock_timestamp()) + %(spacing)s WHERE provider = %(provider)s
), swept AS (
    DELETE FROM model_places WHERE expires_at < clock_timestamp() - interval '1 minute'
)
INSERT INTO model_places (id, provider, project_id, run_id, tokens, cost_usd, expires_at)
VALUES (%(id)s, %(provider)s, %(project_id)s, %(run_id)s, %(tokens)s, %(cost_usd)s,
    clock_timestamp() + %(lasts)s);
