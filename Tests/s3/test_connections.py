# SPDX-License-Identifier: Apache-2.0
"""How the program comes to a server: certificates are verified, and proxies are found as users of curl expect."""
import select
import socket
import ssl
import unittest

from product_site import BucketTests, keys_of, shared

from certificates import certificate  # beside program, where product_site leads
from loopback import LoopbackPort


class Forwarder(LoopbackPort):
    """Hands on what comes to one port, to another port; `greet` makes a connection ready and says where it is to go."""

    def __init__(self, greet):
        self.greet, self.connections = greet, 0
        self.listen()

    def serve(self, connection):
        self.connections += 1
        with connection:
            try:
                near, port = self.greet(connection)
                with near, socket.create_connection(("127.0.0.1", port), 10) as far:
                    self.pump(near, far)
            except (OSError, ValueError):
                return  # who came has gone, as one who does not trust a certificate does

    @staticmethod
    def pump(near, far):
        while True:
            pending = [near] if isinstance(near, ssl.SSLSocket) and near.pending() else None
            for ready in pending or select.select([near, far], [], [], 30)[0] or [None]:
                data = ready.recv(65536) if ready else b""
                if not data:
                    return
                (far if ready is near else near).sendall(data)



def tls(file, port):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(file)
    return lambda connection: (context.wrap_socket(connection, server_side=True), port)


def tunnel(connection):
    """What a proxy does with CONNECT."""
    request = b""
    while b"\r\n\r\n" not in request:
        request += connection.recv(4096)
    method, target, _ = request.split(b" ", 2)
    if method != b"CONNECT":
        raise ValueError(request)
    connection.sendall(b"HTTP/1.1 200 Connection established\r\n\r\n")
    return connection, int(target.rpartition(b":")[2])


class ConnectionTests(BucketTests):
    def forwarder(self, greet):
        made = Forwarder(greet)
        self.addCleanup(made.close)
        return made

    def doctor(self, endpoint, **environment):
        server = shared("seaweedfs")["seaweedfs"]
        site = self.bucket_site(
            self.fleet(1, 1, name=f"fleet-{len(self.made)}"), server, name=f"site-{len(self.made)}", endpoint=endpoint,
            environment=keys_of(server, **environment))
        self.made.append(site)
        result = site.call("doctor", "--json")
        return result.exit, [check for check in result.json["checks"] if check["name"].startswith("store")]

    def setUp(self):
        super().setUp()
        self.made = []
        self.port = shared("seaweedfs")["seaweedfs"].port

    def test_a_certificate_that_nobody_knows_is_refused_and_one_of_the_bundle_is_trusted(self):
        file = certificate(self.folder, "127.0.0.1")
        endpoint = f"https://127.0.0.1:{self.forwarder(tls(file, self.port)).port}"
        exit_, checks = self.doctor(endpoint)
        self.assertEqual(exit_, 1)
        self.assertIn("certificate", checks[0]["measured"])
        self.assertIn("AWS_CA_BUNDLE", checks[0]["advice"])
        names = ("AWS_CA_BUNDLE", "CURL_CA_BUNDLE", "SSL_CERT_FILE")
        for name in names:
            exit_, checks = self.doctor(endpoint, **{**dict.fromkeys(names), name: str(file)})
            self.assertEqual((exit_, {check["verdict"] for check in checks}), (0, {"pass"}), name)

    def test_a_certificate_of_another_host_is_refused(self):
        file = certificate(self.folder, "127.0.0.2")
        exit_, checks = self.doctor(
            f"https://127.0.0.1:{self.forwarder(tls(file, self.port)).port}", AWS_CA_BUNDLE=str(file))
        self.assertEqual(exit_, 1)
        self.assertIn("AWS_CA_BUNDLE", checks[0]["advice"])

    def test_a_proxy_is_asked_for_https_unless_the_host_needs_none(self):
        file = certificate(self.folder, "127.0.0.1")
        endpoint = f"https://127.0.0.1:{self.forwarder(tls(file, self.port)).port}"
        proxy = self.forwarder(tunnel)
        settings = {"AWS_CA_BUNDLE": str(file), "https_proxy": f"http://127.0.0.1:{proxy.port}"}
        self.assertEqual(self.doctor(endpoint, **settings)[0], 0)
        self.assertGreater(proxy.connections, 0)
        before = proxy.connections
        self.assertEqual(self.doctor(endpoint, no_proxy="127.0.0.1", **settings)[0], 0)
        self.assertEqual(proxy.connections, before)


if __name__ == "__main__":
    unittest.main()
