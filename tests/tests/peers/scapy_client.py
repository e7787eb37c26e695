"""Builds an Access-Request by scapy, sends it twice, and judges the answer by scapy.

Arguments: server address, port, shared secret, user, CHAP secret, NAS-Identifier, Client-Role.
Prints one JSON object.
"""

import hashlib
import json
import os
import socket
import struct
import sys

from scapy.all import raw
from scapy.layers.radius import (
    Radius,
    RadiusAttr_Message_Authenticator,
    RadiusAttr_User_Name,
    RadiusAttr_Vendor_Specific,
    RadiusAttribute,
)

host, port, secret, user, chap_secret, name, role = sys.argv[1:]
secret = secret.encode()
authenticator = os.urandom(16)
chap_id = b"\x2a"
# Without CHAP-Challenge the Request Authenticator is the challenge (RFC 2865 5.3).
chap = chap_id + hashlib.md5(chap_id + chap_secret.encode() + authenticator).digest()


def vendor(number, value):
    """One attribute of the documentation vendor."""
    return RadiusAttr_Vendor_Specific(vendor_id=32473, vendor_type=number, value=value)


request = Radius(
    code=1,
    id=77,
    authenticator=authenticator,
    attributes=[
        RadiusAttr_User_Name(value=user.encode()),
        RadiusAttribute(type=3, value=chap),
        RadiusAttribute(type=32, value=name.encode()),
        vendor(11, struct.pack("!I", int(role))),
        vendor(19, struct.pack("!I", 0x1001)),
        vendor(20, struct.pack("!I", 0x2001)),
        RadiusAttr_Message_Authenticator(value=b"\0" * 16),
    ],
)
request = Radius(raw(request))
own = RadiusAttr_Message_Authenticator.compute_message_authenticator(request, authenticator, secret)
request[RadiusAttr_Message_Authenticator].value = own
octets = raw(request)

peer = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
peer.settimeout(10)
peer.bind(("127.0.0.1", 0))
answers = []
for _ in range(2):
    peer.sendto(octets, (host, int(port)))
    answers.append(peer.recv(4096))

answer = Radius(answers[0])
claimed = bytes(answer[RadiusAttr_Message_Authenticator].value)
first = type(answer.attributes[0]) is RadiusAttr_Message_Authenticator
response_authenticator = answer.compute_authenticator(authenticator, secret)
computed = RadiusAttr_Message_Authenticator.compute_message_authenticator(
    answer, authenticator, secret
)
print(
    json.dumps(
        {
            "code": answer.code,
            "id": answer.id,
            "types": [attribute.type for attribute in answer.attributes],
            "response authenticator": response_authenticator == answers[0][4:20],
            "message authenticator": computed == claimed,
            "message authenticator first": first,
            "same octets again": answers[0] == answers[1],
        }
    )
)
