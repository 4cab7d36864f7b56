"""Small products that use Causeway through its client packages, as a customer of Causeway would."""
