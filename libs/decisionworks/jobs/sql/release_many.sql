-- Hands jobs that were claimed and not begun to others at once: no attempt was made, so none is counted.
UPDATE jobs SET state = 'ready', worker_id = NULL, returned = 'released', run_at = clock_timestamp()
FROM unnest(%(job_ids)s::uuid[], %(lease_tokens)s::bigint[]) AS held (id, lease_token)
WHERE jobs.id = held.id AND jobs.lease_token = held.lease_token AND jobs.state = 'running'
RETURNING jobs.id;
