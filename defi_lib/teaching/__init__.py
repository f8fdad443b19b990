"""What instructors run: ``python -m defi_lib.teaching COMMAND``. Nothing else imports it; students do not need it."""
