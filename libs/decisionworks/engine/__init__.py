"""Running graphs durably: workers, attempts, fenced checkpoints, nodes that happen once."""
