-- The vendor asked for a pause: nobody calls it before then.
UPDATE model_rates SET next_at = greatest(next_at, clock_timestamp() + %(pause)s) WHERE provider = %(provider)s;
