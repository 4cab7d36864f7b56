"""The main job on real input: connect a tenant, save two syncs, push 59 customers, and show what came of it."""
