"""The command line `causeway`: an extra of the package, used by people and scripts. Begin with app.py; nothing else imports it."""
