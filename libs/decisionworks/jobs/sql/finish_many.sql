-- Ends many light jobs in one round trip.
SELECT id FROM decisionworks_finish_many(%(job_ids)s, %(lease_tokens)s) AS id;
