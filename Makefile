# make run        install, start and serve the portal at http://127.0.0.1:8000/    (PORT=8001, DEMO=0)
# make test       everything, on servers of its own                                (ARGS="tests/workflow -k claim")
# make lint       style, format, import contracts, system checks, migrations, templates
# make bench      the measurements                make screenshots   the pictures under docs/
# make faults     the long fault tests            make stop          stop the portal of another terminal
# make reset      remove the demo data            make manage        a command of manage.py (ARGS="…")
# make servers    only the embedded servers, for development

PYTHON ?= python3
.PHONY: run test lint bench screenshots faults stop reset manage servers
.SILENT:

run test lint bench screenshots faults stop reset manage servers:
	exec $(PYTHON) -m deploy.launch $@

export PORT DEMO ARGS
