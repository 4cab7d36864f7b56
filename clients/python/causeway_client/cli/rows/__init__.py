"""Files of people and records: reading rows, mapping columns to fields, making changes. Pure but for opening the file."""
