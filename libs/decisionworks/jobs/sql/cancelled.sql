-- Which of these running jobs are asked to end.
SELECT id, lease_token FROM jobs WHERE id = ANY(%(job_ids)s::uuid[]) AND state = 'running' AND cancel_requested;
