"""The embedded stack: the unchanged template, really built and deployed, on an emulated AWS, next to a simulated Salesforce org."""
