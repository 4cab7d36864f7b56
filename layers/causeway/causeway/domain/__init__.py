"""What Causeway decides. Pure: no client, clock, network, environment or randomness."""
