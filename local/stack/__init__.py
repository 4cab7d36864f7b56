"""The embedded stack: the unchanged template, really built and deployed, on an emulated AWS beside a simulated Salesforce org."""
