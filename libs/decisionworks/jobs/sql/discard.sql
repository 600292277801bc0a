-- A quarantined job is given up: it counts as failed from now on and is no longer offered for replay (no row: not there).
UPDATE jobs_finished SET outcome = 'failed' WHERE id = %(job_id)s AND outcome = 'quarantined' RETURNING id, project_id;
