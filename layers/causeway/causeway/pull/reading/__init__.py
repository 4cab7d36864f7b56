"""
Reading one window of the org, phase by phase.

Only pull/run.py may import it. Begin with window.py, then phases.py.
"""
