"""Breaking a deployed stack on purpose while changes flow through it, and counting what came of it."""
