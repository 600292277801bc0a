-- A newly finished node clears the count of leases lost in a row.
UPDATE jobs SET lost_leases = 0 WHERE id = %(job_id)s AND lease_token = %(lease_token)s AND state = 'running';
