"""The extremal vectors: KKT points on faces, the certified search and the enumeration, results and certificates."""
