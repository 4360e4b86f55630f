"""Acts on accounts: who acts, stand-ins, positions."""

from waiban.accounts.actors import actor_for

__all__ = ["actor_for"]
