"""Load on the real engine, on a light graph, while its parts are killed at random; the count of harm is the result."""
