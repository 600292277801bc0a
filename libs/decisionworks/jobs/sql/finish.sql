-- Moves a job that this lease still holds out of the hot table; no row: the lease is lost.
SELECT id FROM decisionworks_finish_job(%(job_id)s, %(lease_token)s, %(outcome)s, %(error)s) AS id;
