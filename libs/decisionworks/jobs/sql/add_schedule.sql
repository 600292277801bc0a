-- Stores a schedule, or says that the project has one of this name (no row).
INSERT INTO schedules (id, project_id, name, cron, time_zone, missed, queue, kind, payload, priority, next_at, created_by)
VALUES (%(id)s, %(project_id)s, %(name)s, %(cron)s, %(time_zone)s, %(missed)s, %(queue)s, %(kind)s, %(payload)s,
    %(priority)s, %(next_at)s, %(created_by)s)
ON CONFLICT (project_id, name) DO NOTHING
RETURNING *;
