"""The ledger of reminders: inserted once, sent once, cancelled when moot."""
