"""Where a case is played: on a deployed stack, or in one process over moto. Both offer `Place` (place.py)."""
