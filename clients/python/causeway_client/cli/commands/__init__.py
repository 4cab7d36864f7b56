"""One module per group of commands: what is typed, asked of the API, and shown. Imported by cli/app.py only."""
