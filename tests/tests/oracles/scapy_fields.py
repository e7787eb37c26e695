"""Reads packets by scapy and says the value of every field.

Standard input: a JSON list of packets in hexadecimal.
Standard output: for each a list of [name, value], in order: numbers in decimal, octets in hexadecimal.
"""

import json
import sys

from scapy.layers.eap import EAP  # noqa: F401: binds to RADIUS
from scapy.layers.inet import IP
from scapy.layers.inet6 import IPv6
from scapy.layers.mobileip import MobileIP  # noqa: F401: binds to UDP port 434
from scapy.layers.radius import Radius  # noqa: F401: binds to UDP port 1812
from scapy.packet import NoPayload, Packet


# What all classes of a kind begin with, so that it has one name.
HEADS = {
    "RadiusAttr": ("type", "len"),
    "MIP6Opt": ("otype", "olen"),
    "Pad": ("otype", "optlen"),
    "MIP6MH": ("nh", "len", "mhtype", "cksum"),
    "ICMPv6Echo": ("type", "code", "cksum", "id", "seq", "data"),
    "ICMPv6NDOpt": ("type", "len"),
    "ICMPv6": ("type", "code", "cksum", "id"),
    "EAP": ("code", "id", "len", "type"),
}


def family(layer, field):
    name = type(layer).__name__
    for start, heads in HEADS.items():
        if name.startswith(start) and field.name in heads:
            return start
    return name


def say(name, value, out):
    if value is None or isinstance(value, NoPayload):
        return
    if isinstance(value, Packet):
        fields(value, out)
    elif isinstance(value, (list, tuple)):
        for one in value:
            say(name, one, out)
    elif isinstance(value, bytes):
        out.append([name, value.hex()])
    elif isinstance(value, str):
        out.append([name, value])
    else:
        out.append([name, str(int(value))])


def fields(layer, out):
    while not isinstance(layer, NoPayload):
        for field in layer.fields_desc:
            # The field as it was dissected, not as scapy would like to show it.
            if field.name in layer.fields and field.name != "autopad":
                name = "%s.%s" % (family(layer, field), field.name)
                say(name, layer.fields[field.name], out)
        layer = layer.payload


answers = []
for packet in json.load(sys.stdin):
    octets = bytes.fromhex(packet)
    out = []
    fields(IP(octets) if octets[0] >> 4 == 4 else IPv6(octets), out)
    answers.append(out)
json.dump(answers, sys.stdout)
