-- Forgets jobs that ended long ago, with their attempts and the saved positions of their runs; at most %(limit)s at once.
-- What a run recorded, told and made is kept; so are jobs in quarantine, and those whose subject has a job again, which
-- goes on from the position.
WITH old AS MATERIALIZED (
    SELECT id, coalesce(subject_id, id)::text AS thread_id FROM jobs_finished
    WHERE finished_at < clock_timestamp() - make_interval(secs => %(older_than_s)s) AND outcome <> 'quarantined'
        AND NOT EXISTS (SELECT FROM jobs WHERE jobs.subject_id = jobs_finished.subject_id)
    ORDER BY finished_at LIMIT %(limit)s FOR UPDATE OF jobs_finished SKIP LOCKED
), attempt AS (
    DELETE FROM job_attempts USING old WHERE job_attempts.job_id = old.id
), position AS (
    DELETE FROM checkpoints USING old WHERE checkpoints.thread_id = old.thread_id
), blob AS (
    DELETE FROM checkpoint_blobs USING old WHERE checkpoint_blobs.thread_id = old.thread_id
), write AS (
    DELETE FROM checkpoint_writes USING old WHERE checkpoint_writes.thread_id = old.thread_id
)
DELETE FROM jobs_finished USING old WHERE jobs_finished.id = old.id RETURNING jobs_finished.id;
