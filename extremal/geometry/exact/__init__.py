"""Exact arithmetic on the dyadic rationals that floats are: signs, small systems, feasibility, points of thin cones."""
