"""Reads RADIUS packets by scapy and verifies their authenticators.

Standard input: a JSON list of [secret, request, answer], octets in hexadecimal.
Standard output: for each whether both Message-Authenticators and the Response Authenticator are right.
"""

import json
import sys

from scapy.layers.radius import Radius, RadiusAttr_Message_Authenticator


def message_authenticator(octets, authenticator, secret):
    packet = Radius(octets)
    claimed = bytes(packet[RadiusAttr_Message_Authenticator].value)
    computed = RadiusAttr_Message_Authenticator.compute_message_authenticator(
        packet, authenticator, secret
    )
    return claimed == computed


results = []
for secret, request, answer in json.load(sys.stdin):
    secret, request, answer = (bytes.fromhex(part) for part in (secret, request, answer))
    authenticator = request[4:20]
    computed = Radius(answer).compute_authenticator(authenticator, secret)
    results.append(
        {
            "request": message_authenticator(request, authenticator, secret),
            "answer": message_authenticator(answer, authenticator, secret),
            "response": computed == answer[4:20],
        }
    )
print(json.dumps(results))
