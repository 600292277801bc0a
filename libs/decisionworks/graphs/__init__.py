"""Graphs: each folder is one agent; none imports another."""
