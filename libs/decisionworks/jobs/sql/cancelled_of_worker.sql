-- The jobs of one worker whose end was asked for.
SELECT id, lease_token FROM jobs WHERE worker_id = %(worker_id)s AND state = 'running' AND cancel_requested;
