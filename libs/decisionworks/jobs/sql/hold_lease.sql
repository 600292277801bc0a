-- Share-locks the job under this lease until the transaction ends, so that a takeover waits for it; no row: lost.
SELECT failures, lost_leases, cancel_requested FROM jobs
WHERE id = %(job_id)s AND lease_token = %(lease_token)s AND state = 'running'
FOR SHARE;
