#!/usr/bin/env python
"""The container's health: exit 0 where the service in it says that it can answer.

NEWSREEL_PORT names another port than 8420. Where the service asks clients for certificates this has none to show: run
such a container with --no-healthcheck.
"""

from __future__ import annotations

import os
import ssl
import sys
from http.client import HTTPConnection, HTTPException, HTTPSConnection

TIMEOUT_S = 4


def connection() -> HTTPConnection:
    """To this container's own service, so that whose certificate it has does not matter."""
    port = int(os.environ.get("NEWSREEL_PORT", "8420"))
    if not os.environ.get("NEWSREEL_TLS_CERTIFICATE"):
        return HTTPConnection("127.0.0.1", port, timeout=TIMEOUT_S)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    return HTTPSConnection("127.0.0.1", port, timeout=TIMEOUT_S, context=context)


def main() -> str | None:
    """What is wrong, or None."""
    asked = connection()
    try:
        asked.request("GET", "/readyz")
        answer = asked.getresponse()
        return None if answer.status == 200 else answer.read(1000).decode("utf-8", "replace")
    except (OSError, HTTPException) as error:
        return f"no answer: {error}"
    finally:
        asked.close()


if __name__ == "__main__":
    sys.exit(main())
