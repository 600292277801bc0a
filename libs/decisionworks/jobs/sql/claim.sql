-- Hands up to %(free)s ready jobs of one queue to one live worker, fairly over projects, each under a new token.
SELECT * FROM decisionworks_claim(%(worker_id)s, %(free)s, %(queue)s, %(is_scan)s, %(after)s, %(width)s, %(known)s, %(marks)s);
