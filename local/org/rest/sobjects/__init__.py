"""Single records, describes and replication. The composite resources may import it; begin with rows.py."""
