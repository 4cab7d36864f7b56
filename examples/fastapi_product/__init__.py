"""A product in one small FastAPI app: people sign up and chat, and the page says who looks after their company. Begin with `app.py`."""
