-- Takes the limits of projects that have one and that nobody else is claiming for right now.
SELECT project_id FROM project_limits ORDER BY project_id LIMIT 1000 FOR UPDATE SKIP LOCKED;
