"""The main job, measured from outside, beside the floor that the same machine sets in the same minute."""
