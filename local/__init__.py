"""What runs on a developer's machine: the stack, the demo and the simulated org. Nothing that ships may import it."""
