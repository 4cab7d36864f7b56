"""What may go wrong with an answer on its way: faults of the org, and answers altered or lost in transit."""
