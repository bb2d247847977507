"""What floors above are told about sign-ins: sockets are closed where these are heard (live/signing_out.py)."""

from django.dispatch import Signal

# Both are sent after the fact with `session_key`.
sign_in_ended = Signal()
sign_in_locked = Signal()
