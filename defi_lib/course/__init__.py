"""The way in: ``python -m defi_lib.course open``, ``read`` or ``check``, and what the server of the course needs."""
