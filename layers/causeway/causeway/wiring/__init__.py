"""The composition root: the only place that builds clients. Lazy and cached, so that a function pays only for what it uses."""
