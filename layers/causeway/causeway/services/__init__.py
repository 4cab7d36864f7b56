"""The use cases: functions whose dependencies are parameters, with the Protocols they need beside them."""
