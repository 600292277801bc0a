-- Asks for the end of whatever job the subject has.
UPDATE jobs SET cancel_requested = true WHERE subject_id = %(subject_id)s RETURNING state;
