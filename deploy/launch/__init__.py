"""The launcher behind `make`: standard library only, since it runs before anything is installed.

`bootstrap` installs, `postgres` and `valkey` are the embedded servers, `supervisor` keeps processes alive,
`portal` is `make run`, `checks` is `make test` and its like. `prepare` alone runs inside `.venv`.
"""
