"""
Bulk API 1.0: jobs of batches below `/services/async/NN.0`, in XML, CSV and JSON. Begin reading in batch_routes.py.

It shares with Bulk API 2.0 (bulk/) how rows are saved and what a bulk query may ask; the server words its errors by documents.py.
"""
