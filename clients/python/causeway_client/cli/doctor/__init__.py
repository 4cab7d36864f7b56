"""The checks of `causeway doctor`: each looks at one part of a deployment and returns findings. Begin with checks.py."""
