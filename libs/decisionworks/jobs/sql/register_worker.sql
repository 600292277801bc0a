-- A worker process exists from now on; its row is the lease of all its jobs.
INSERT INTO workers (worker_id, lease, lock_key, slots, host, process_id)
VALUES (%(worker_id)s, make_interval(secs => %(lease_s)s), %(lock_key)s, %(slots)s, %(host)s, %(process_id)s);
