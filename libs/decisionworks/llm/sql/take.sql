-- Takes a place and the next moment of a provider, or says what stands in the way (migration 0005).
SELECT * FROM decisionworks_take_model_place(%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s);
