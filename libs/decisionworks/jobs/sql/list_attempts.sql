-- Every attempt at one job, oldest first: the ended ones, and the one that stands with the job.
SELECT lease_token >> 20 AS attempt, worker_id, started_at, ended_at, outcome, error FROM job_attempts WHERE job_id = %(job_id)s
UNION ALL
SELECT lease_token >> 20, worker_id, claimed_at, NULL, NULL, NULL FROM jobs WHERE id = %(job_id)s AND state = 'running'
    AND NOT EXISTS (SELECT FROM job_attempts AS known
        WHERE known.job_id = jobs.id AND known.lease_token = jobs.lease_token)
UNION ALL
SELECT lease_token >> 20, worker_id, claimed_at, finished_at, outcome, last_error FROM jobs_finished
WHERE id = %(job_id)s AND worker_id IS NOT NULL
    AND NOT EXISTS (SELECT FROM job_attempts AS known
        WHERE known.job_id = jobs_finished.id AND known.lease_token = jobs_finished.lease_token)
ORDER BY attempt;
