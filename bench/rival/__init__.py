"""The same 53 tasks as a flow of django-viewflow."""
