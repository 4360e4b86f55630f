"""The invented year of the demo office: 26 delegations in every stage, lived through by their own people."""
