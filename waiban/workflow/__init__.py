"""The heart: a case walks a flow; this app moves it, times it and logs it."""
