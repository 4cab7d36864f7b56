"""Models and routes that `make clients` writes from docs/. `causeway_client` re-exports what products use; begin there."""
