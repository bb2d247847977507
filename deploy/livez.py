"""Asks this container's web server whether it serves, under the host's own name; exits non-zero when it does not."""

import os
import urllib.request

host = os.environ["IESO_ALLOWED_HOSTS"].split(",")[0]
request = urllib.request.Request("http://127.0.0.1:8000/livez", headers={"Host": host})
urllib.request.urlopen(request, timeout=4).close()  # noqa: S310 - our own loopback URL
