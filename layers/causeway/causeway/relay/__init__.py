"""
Changes in seconds: Salesforce's Event Relay sends change events to Amazon EventBridge, and each is a hint that a pull is due.

Nothing depends on a hint: the pull that it brings forward reads what changed, as every pull does, and the schedule goes on.
Begin with gathering.py. May look at: `pull` and what lies below it.
"""
