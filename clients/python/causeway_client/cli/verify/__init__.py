"""The checks of `causeway verify-aws`: they ask AWS itself what holds for a deployed stack. Begin with checks.py."""
