-- Takes the schedules that are due and that nobody else is firing right now.
SELECT *, clock_timestamp() AS now FROM schedules WHERE next_at <= clock_timestamp()
ORDER BY next_at LIMIT 100 FOR UPDATE SKIP LOCKED;
