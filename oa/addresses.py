"""Where we may send to. A receiver's address is typed by a person and must not become a way into our own network.

An address is checked twice: as text when it is typed, and as what its name resolves to each time something is sent.
The connection then goes to the very address that was checked (`oa.http`), so that a name which changes its mind in
between gains nothing. Private networks, where an OA usually stands, are open only for hosts an administrator allows;
link-local addresses (cloud metadata among them), multicast and reserved ones never are.
"""

from __future__ import annotations

import ipaddress
import re
import socket
from collections.abc import Collection
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address
from urllib.parse import urlsplit

from django.utils.translation import gettext_lazy as _

from common.errors import BusinessError

Address = IPv4Address | IPv6Address
Allowed = Collection[tuple[str, int | None]]  # host and port; no port: all of them

PORTS = {"https": 443, "http": 80}
NUMERIC = re.compile(r"(0x[0-9a-f]*|[0-9]+)(\.(0x[0-9a-f]*|[0-9]+))*\.?", re.IGNORECASE | re.ASCII)
LABEL = re.compile(r"(?!-)[a-z0-9_-]{1,63}(?<!-)", re.ASCII)
NAT64 = ipaddress.ip_network("64:ff9b::/96")


class AddressRefused(BusinessError):
    code = "address_refused"
    status = 422


class NotAnAddress(AddressRefused):
    code = "address_malformed"
    wording = _("“%(url)s” is not an address hooks can be sent to. Write it as https://host/path, without a password.")


class Unencrypted(AddressRefused):
    code = "address_unencrypted"
    wording = _(
        "“%(host)s” is to be reached by https, so that nobody on the way reads along. Only for hosts that an "
        "administrator allows may it be http."
    )


class PrivateAddress(AddressRefused):
    code = "address_private"
    wording = _(
        "“%(host)s” lies in a private network (%(ip)s). If it is the company's own system, ask an administrator to "
        "allow this host for hooks."
    )


class ForbiddenAddress(AddressRefused):
    code = "address_forbidden"
    wording = _("“%(host)s” is %(ip)s, an address nothing may be sent to. Give the address of the receiving system.")


class UnknownHost(AddressRefused):
    code = "address_unknown"
    wording = _("The name “%(host)s” is not known. Check how it is written, or ask your network's administrator.")


@dataclass(frozen=True, slots=True)
class Target:
    """A well-formed address, taken apart. `host` is in lower case, international names in their ASCII form."""

    scheme: str
    host: str
    port: int
    path: str

    @property
    def authority(self) -> str:
        """What stands in the Host header."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == PORTS[self.scheme] else f"{host}:{self.port}"

    def is_allowed(self, allowed: Allowed) -> bool:
        return (self.host, None) in allowed or (self.host, self.port) in allowed


def parse(url: str) -> Target:
    """Take an address apart. Raises NotAnAddress for anything but a plain http or https one."""
    try:
        parts = urlsplit(url)
        port = parts.port
        host = normal_host(parts.hostname or "")
    except ValueError:
        raise NotAnAddress(url=url) from None
    odd = url.strip() != url or any(character < "!" or (character > "~" and character.isspace()) for character in url)
    if odd or parts.scheme not in PORTS or "@" in parts.netloc or parts.fragment or "\\" in url or port == 0:
        raise NotAnAddress(url=url)
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    if not path.isascii():
        raise NotAnAddress(url=url)
    return Target(parts.scheme, host, port or PORTS[parts.scheme], path)


def normal_host(host: str) -> str:
    """A host as it is compared and looked up. Raises ValueError.

    An IPv4 address must have its four decimal parts: 2130706433, 0x7f.1 and 0177.0.0.1 are 127.0.0.1 to the system's
    resolver, and nobody writes them by mistake.
    """
    host = host.rstrip(".").lower()
    if ":" in host:
        if "%" in host:
            raise ValueError("an address with a zone belongs to one interface of one machine")
        return str(IPv6Address(host))
    if NUMERIC.fullmatch(host):
        return str(IPv4Address(host))
    host = host.encode("idna").decode() if not host.isascii() else host
    if not host or len(host) > 253 or not all(LABEL.fullmatch(label) for label in host.split(".")):
        raise ValueError("not a host name")
    return host


def check_written(target: Target, allowed: Allowed) -> None:
    """What can be said of an address without looking its name up. Raises AddressRefused."""
    if target.scheme != "https" and not target.is_allowed(allowed):
        raise Unencrypted(host=target.host)
    try:
        literal = ipaddress.ip_address(target.host)
    except ValueError:
        if target.host == "localhost" or target.host.endswith(".localhost"):
            check_address(ipaddress.ip_address("127.0.0.1"), target, allowed)
        return
    check_address(literal, target, allowed)


def resolve(target: Target, allowed: Allowed) -> Address:
    """The address to connect to. Every one the name has must be fit. Raises AddressRefused."""
    check_written(target, allowed)
    try:
        found = socket.getaddrinfo(target.host, target.port, type=socket.SOCK_STREAM, proto=socket.IPPROTO_TCP)
    except (OSError, UnicodeError):
        raise UnknownHost(host=target.host) from None
    addresses = [ipaddress.ip_address(str(entry[4][0]).split("%")[0]) for entry in found]
    if not addresses:
        raise UnknownHost(host=target.host)
    for address in addresses:
        check_address(address, target, allowed)
    return addresses[0]


def check_address(address: Address, target: Target, allowed: Allowed) -> None:
    for one in _behind(address):
        if one.is_link_local or one.is_multicast or one.is_unspecified or _is_reserved(one):
            raise ForbiddenAddress(host=target.host, ip=str(address))
        if _is_private(one) and not target.is_allowed(allowed):
            raise PrivateAddress(host=target.host, ip=str(address))


def _is_private(address: Address) -> bool:
    # fec0::/10, given up as private addresses in 2004 (RFC 3879), is still routed inside some networks.
    return not address.is_global or (isinstance(address, IPv6Address) and address.is_site_local)


def _is_reserved(address: Address) -> bool:
    # ::1 lies in a block that IPv6 reserves; as the loopback address it is a private one.
    return address.is_reserved and not address.is_loopback


def _behind(address: Address) -> list[Address]:
    """The address, and the IPv4 address that it wraps, if it wraps one."""
    if isinstance(address, IPv4Address):
        return [address]
    wrapped = address.ipv4_mapped or address.sixtofour
    if wrapped is None and address.teredo is not None:
        wrapped = address.teredo[1]
    if wrapped is None and address in NAT64:
        wrapped = IPv4Address(int(address) & 0xFFFFFFFF)
    if wrapped is None and int(address) < 2**32 and int(address) > 1:  # ::a.b.c.d, long deprecated
        wrapped = IPv4Address(int(address))
    if address.ipv4_mapped is not None:
        return [address.ipv4_mapped]  # the system connects to just that one
    return [address] if wrapped is None else [wrapped, address]
