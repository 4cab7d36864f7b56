"""What tests of the local stack share: a clock that only sleeping moves."""
