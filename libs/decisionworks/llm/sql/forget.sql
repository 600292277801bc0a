-- The node has committed: the answers that were held for it are not needed any more.
UPDATE model_calls SET held_answer = NULL
WHERE decision_set_id = %(decision_set_id)s AND question_key = ANY(%(question_keys)s) AND held_answer IS NOT NULL;
