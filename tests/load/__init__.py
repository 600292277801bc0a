"""Whole runs in number, against fakes that keep count: figures that take minutes, by hand or at night."""
