-- The worker ends in peace. Its row stays while it holds a job: by it others see that the worker is dead, and take over.
DELETE FROM workers WHERE worker_id = %(worker_id)s
    AND NOT EXISTS (SELECT FROM jobs WHERE jobs.worker_id = workers.worker_id AND jobs.state = 'running');
