-- The worker ends in peace; its row goes last, when it holds no job.
DELETE FROM workers WHERE worker_id = %(worker_id)s;
