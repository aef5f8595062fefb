"""Where hooks may go: the corpus of ways into a private network, and names that change their mind."""

from __future__ import annotations

import ipaddress
import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from oa import addresses, http

PUBLIC = "93.184.215.14"
FORBIDDEN = (addresses.PrivateAddress, addresses.ForbiddenAddress, addresses.NotAnAddress)


@pytest.fixture
def names(monkeypatch: pytest.MonkeyPatch) -> dict[str, list[str]]:
    """A name service for the test: what a name resolves to, the first answer first. Numbers resolve to themselves."""
    known: dict[str, list[str]] = {}

    def getaddrinfo(host: str, port: int, **_rest: object) -> list[tuple[object, ...]]:
        if host not in known:
            try:
                ipaddress.ip_address(host)
            except ValueError:
                raise socket.gaierror(socket.EAI_NONAME, "unknown") from None
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (ip, port)) for ip in known.get(host, [host])]

    monkeypatch.setattr(socket, "getaddrinfo", getaddrinfo)
    return known


def resolve(url: str, allowed: addresses.Allowed = ()) -> str:
    return str(addresses.resolve(addresses.parse(url), allowed))


@pytest.mark.parametrize("host", [
    # loopback, in every spelling
    "127.0.0.1", "127.1", "127.0.1", "2130706433", "0x7f000001", "0x7f.0.0.1", "0177.0.0.1", "017700000001",
    "127.0.0.1.", "localhost", "LOCALHOST", "localhost.", "anything.localhost", "[::1]", "[0:0:0:0:0:0:0:1]",
    "127.255.255.254", "0",
    # wrapped in IPv6
    "[::ffff:127.0.0.1]", "[::ffff:7f00:1]", "[::127.0.0.1]", "[64:ff9b::7f00:1]", "[2002:7f00:1::]",
    "[2001:0:1:1:1:1:80ff:fffe]", "[::ffff:10.0.0.1]", "[::ffff:169.254.169.254]", "[64:ff9b::a9fe:a9fe]",
    # private, link-local (cloud metadata), shared, unspecified, multicast, reserved, broadcast
    "10.0.0.1", "172.16.0.1", "172.31.255.255", "192.168.1.1", "169.254.169.254", "100.64.0.1", "0.0.0.0", "[::]",
    "224.0.0.1", "240.0.0.1", "255.255.255.255", "[fe80::1]", "[fe80::1%25eth0]", "[fc00::1]", "[fd00:ec2::254]",
    "[fec0::1]",
    "[ff02::1]", "198.18.0.1", "192.0.2.1",
])  # fmt: skip
def test_a_private_address_is_refused_in_every_spelling(host: str, names: dict[str, list[str]]) -> None:
    for scheme in ("https", "http"):
        with pytest.raises(addresses.AddressRefused):
            resolve(f"{scheme}://{host}/hooks")
    with pytest.raises(FORBIDDEN):
        resolve(f"https://{host}/hooks")


@pytest.mark.parametrize("url", [
    "", "oa.example.com", "//oa.example.com/", "ftp://oa.example.com/", "file:///etc/passwd", "gopher://oa.example.com/",
    "javascript:alert(1)", "https://", "https:///hooks", "https://user:secret@oa.example.com/", "https://a@127.0.0.1/",
    "https://oa.example.com/#@127.0.0.1", "https://oa.example.com\\@127.0.0.1/", "https://oa.example.com:99999/",
    "https://oa.example.com:0/", "https://oa.example.com:x/", "https://oa example.com/", "https://oa.example.com/a b",
    "https://oa.example.com/\r\nHost: evil", "https://oa.\texample.com/", " https://oa.example.com/", "https://-a.com/",
    "https://a..b/", "https://[::1/", "https://[fe80::1%25eth0]/", "https://1.2.3/", "https://256.1.1.1/", "https://o\u00ada.com\u2028/",
    "https://oa.example.com/路径",
])  # fmt: skip
def test_what_is_no_plain_address_is_refused(url: str) -> None:
    with pytest.raises(addresses.NotAnAddress):
        addresses.parse(url)


@pytest.mark.parametrize(("url", "host", "port", "path", "authority"), [
    ("https://OA.Example.com", "oa.example.com", 443, "/", "oa.example.com"),
    ("https://oa.example.com.:8443/a/b?c=d", "oa.example.com", 8443, "/a/b?c=d", "oa.example.com:8443"),
    ("https://财务.example.cn/x", "xn--ruqw9f.example.cn", 443, "/x", None),
    ("https://[2606:4700::1111]/", "2606:4700::1111", 443, "/", "[2606:4700::1111]"),
    ("http://10.1.2.3/hooks", "10.1.2.3", 80, "/hooks", "10.1.2.3"),
    ("https://e-cology_1.corp/", "e-cology_1.corp", 443, "/", "e-cology_1.corp"),
])  # fmt: skip
def test_an_address_is_taken_apart(url: str, host: str, port: int, path: str, authority: str | None) -> None:
    target = addresses.parse(url)
    expected = "财务".encode("idna").decode() + ".example.cn" if authority is None else host
    assert (target.host, target.port, target.path) == (expected, port, path)
    assert target.authority == (authority or expected)


def test_a_public_name_over_https_is_fine_and_over_http_is_not(names: dict[str, list[str]]) -> None:
    names["oa.example.com"] = [PUBLIC]
    assert resolve("https://oa.example.com/") == PUBLIC
    with pytest.raises(addresses.Unencrypted):
        resolve("http://oa.example.com/")


def test_a_name_that_also_resolves_into_a_private_network_is_refused(names: dict[str, list[str]]) -> None:
    names["oa.example.com"] = [PUBLIC, "10.0.0.5"]
    with pytest.raises(addresses.PrivateAddress, match=r"10\.0\.0\.5"):
        resolve("https://oa.example.com/")


def test_a_name_nobody_knows_is_said_to_be_so(names: dict[str, list[str]]) -> None:
    with pytest.raises(addresses.UnknownHost, match=r"nowhere\.example"):
        resolve("https://nowhere.example/")


def test_an_administrator_opens_one_host_and_port_and_nothing_beside_it(names: dict[str, list[str]]) -> None:
    names |= {"oa.corp": ["10.0.0.5"], "other.corp": ["10.0.0.6"]}
    allowed = {("oa.corp", 8080), ("10.0.0.9", None)}
    assert resolve("http://oa.corp:8080/", allowed) == "10.0.0.5"
    assert resolve("https://10.0.0.9:7/", allowed) == "10.0.0.9"
    for url in ("https://oa.corp/", "https://other.corp/", "https://10.0.0.5:8080/", "https://167772169/"):
        with pytest.raises(addresses.AddressRefused):
            resolve(url, allowed)


@pytest.mark.parametrize("ip", ["169.254.169.254", "0.0.0.0", "224.0.0.1", "255.255.255.255", "::ffff:169.254.169.254"])
def test_metadata_and_multicast_stay_closed_even_for_an_allowed_host(ip: str, names: dict[str, list[str]]) -> None:
    names["oa.corp"] = [ip]
    with pytest.raises(addresses.ForbiddenAddress):
        resolve("https://oa.corp/", {("oa.corp", None)})


# --- Between the check and the connection -----------------------------------------------------------------------------
@pytest.fixture
def secure_server(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[], tuple[int, list[str]]]]:
    """An https server on the loopback address with a certificate for oa.example.com, trusted in this test."""
    certificate = make_certificate(tmp_path, "oa.example.com")
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    hosts: list[str] = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            hosts.append(self.headers["Host"])
            self.rfile.read(int(self.headers["Content-Length"]))
            self.send_response(204)
            self.end_headers()

        def log_message(self, *_arguments: object) -> None:
            pass

    server = HTTPServer(("127.0.0.1", 0), Handler)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    server.socket = context.wrap_socket(server.socket, server_side=True)
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    yield lambda: (server.server_address[1], hosts)
    server.shutdown()
    server.server_close()
    thread.join()


def make_certificate(folder: Path, name: str) -> Path:
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    file = folder / "server.pem"
    file.write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
        + certificate.public_bytes(serialization.Encoding.PEM)
    )
    return file


def test_the_connection_goes_to_the_checked_address_while_name_and_certificate_are_the_hosts(
    secure_server: Callable[[], tuple[int, list[str]]], monkeypatch: pytest.MonkeyPatch
) -> None:
    port, hosts = secure_server()
    looked_up: list[str] = []
    real = socket.getaddrinfo

    def noting(host: str, *rest: object, **named: object) -> object:
        looked_up.append(host)
        return real(host, *rest, **named)  # type: ignore[arg-type]

    monkeypatch.setattr(socket, "getaddrinfo", noting)
    target = addresses.parse(f"https://oa.example.com:{port}/hooks")
    answer = http.post(target, ipaddress.ip_address("127.0.0.1"), body=b"{}", headers={})
    assert answer.status == 204
    assert hosts == [f"oa.example.com:{port}"]
    assert "oa.example.com" not in looked_up  # the name is not asked a second time, so it cannot answer otherwise


def test_a_certificate_for_another_name_ends_the_attempt(
    secure_server: Callable[[], tuple[int, list[str]]],
) -> None:
    port, hosts = secure_server()
    target = addresses.parse(f"https://impostor.example.com:{port}/hooks")
    with pytest.raises(http.NoAnswer, match="certificate"):
        http.post(target, ipaddress.ip_address("127.0.0.1"), body=b"{}", headers={})
    assert hosts == []


def test_looking_the_name_up_again_when_connecting_would_reach_the_private_network(
    names: dict[str, list[str]], secure_server: Callable[[], tuple[int, list[str]]]
) -> None:
    """The damage: a name that is public when it is checked and the loopback address when it is used."""
    port, _hosts = secure_server()
    names["oa.example.com"] = [PUBLIC]
    target = addresses.parse(f"https://oa.example.com:{port}/hooks")
    checked = addresses.resolve(target, ())
    names["oa.example.com"] = ["127.0.0.1"]
    again = socket.getaddrinfo(target.host, target.port)[0][4][0]
    assert (str(checked), again) == (PUBLIC, "127.0.0.1")


def test_a_proxy_of_the_environment_is_not_used(
    secure_server: Callable[[], tuple[int, list[str]]], monkeypatch: pytest.MonkeyPatch
) -> None:
    port, hosts = secure_server()
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")  # nothing listens there
    target = addresses.parse(f"https://oa.example.com:{port}/")
    assert http.post(target, ipaddress.ip_address("127.0.0.1"), body=b"{}", headers={}).status == 204
    assert len(hosts) == 1
