-- A newly finished node clears the counts of failures and of leases lost in a row.
UPDATE jobs SET lost_leases = 0, failures = 0 WHERE id = %(job_id)s AND lease_token = %(lease_token)s AND state = 'running';
