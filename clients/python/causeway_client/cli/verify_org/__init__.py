"""
The questions of `causeway verify-org`: what a real org does where Salesforce's documents are silent or in doubt.

Begin with asking.py. Each question is named after the constant or setting of the simulated org (`local/org/`) that assumes its answer.
"""
