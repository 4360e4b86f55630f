"""How the portal is started, here and on an office's own servers."""
