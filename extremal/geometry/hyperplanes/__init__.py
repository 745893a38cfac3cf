"""The central arrangement of the data hyperplanes: activation cones, faces of every dimension, and their counts."""
