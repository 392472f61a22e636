# SPDX-License-Identifier: Apache-2.0
"""How each S3 server is started, how it is told its keys, and what of it stays when it is stopped."""
import http.client
import json
import shutil
import signal
import sys
import urllib.parse
from pathlib import Path

from processes import Child, free_ports, wait_until
from signed_request import Requester

PROGRAMS = Path(sys.executable).parent
BUCKET = "transcripts"
REGION = "us-east-1"
ACCESS_KEY = "MALLOWTESTKEY"
SECRET_KEY = "mallow/test+secret=0123456789"


def get(port, path="/", method="GET", body=None, headers=None):
    """(status, body) of a plain request to a loopback port."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    try:
        connection.request(method, path, body, headers or {})
        response = connection.getresponse()
        return response.status, response.read()
    finally:
        connection.close()


class Server:
    """One server on one port with one folder: it may be stopped and started again, and keeps both."""

    name = ""
    checks_signatures = True
    keeps_data = True
    port_count = 1
    patience = 15

    def __init__(self, folder):
        self.folder = Path(folder) / self.name
        self.folder.mkdir(parents=True)
        self.ports = free_ports(self.port_count)
        self.port = self.ports[0]
        self.endpoint = f"http://127.0.0.1:{self.port}"
        self.access_key, self.secret_key = ACCESS_KEY, SECRET_KEY
        self.child = None

    def command(self):
        raise NotImplementedError

    def environment(self):
        return {}

    def launch(self):
        """Starts the process and returns at once."""
        self.child = Child(self.command(), self.folder.parent / f"{self.name}.log", self.environment())

    def wait(self):
        """Returns when the server answers and the bucket is there."""
        wait_until(self.answers, self.child, self.name)
        self.set_up()

    def start(self):
        self.launch()
        self.wait()

    def stop(self):
        """The polite end, as far as `patience` seconds go."""
        self.child.end(patience=self.patience)
        self.ended()

    def kill(self):
        """The end without a chance to write anything."""
        self.child.end(signal.SIGKILL)
        self.ended()

    def ended(self):
        """What the process leaves outside its folder is removed here."""

    def answers(self):
        return get(self.port)[0] > 0

    def set_up(self):
        wait_until(self.make_bucket, self.child, f"{self.name}'s bucket")

    def make_bucket(self):
        there = self.requester().send("HEAD", BUCKET).status == 200
        return there or self.requester().send("PUT", BUCKET).status == 200

    def requester(self, endpoint=None):
        return Requester(endpoint or self.endpoint, self.access_key, self.secret_key, REGION)


class SeaweedFS(Server):
    """Conditional PUT, checksums, versioning: the reference."""

    name = "seaweedfs"
    port_count = 8
    patience = 1  # Its filer waits for streams that never end.

    def answers(self):
        """Its volumes come seconds after its door is open, and until then each object in them is a 500."""
        volumes = [path.stem.rpartition("_")[2] for path in (self.folder / "data").glob("*.dat")]
        master = self.ports[2]
        return super().answers() and all(get(master, f"/dir/lookup?volumeId={n}")[0] == 200 for n in volumes)

    def ended(self):
        """Its sockets for calls inside itself lie in /tmp, wherever its data is."""
        for port in self.ports:
            for socket in Path("/tmp").glob(f"seaweedfs-*-grpc-{port}.sock"):
                socket.unlink(missing_ok=True)

    def command(self):
        s3, s3_rpc, master, master_rpc, volume, volume_rpc, filer, filer_rpc = self.ports
        data = self.folder / "data"
        data.mkdir(exist_ok=True)
        # A master that finds its old election waits 15 s for peers; its volumes tell a new one all it must know.
        shutil.rmtree(data / f"m{master}", ignore_errors=True)
        keys = self.folder / "keys.json"
        credentials = [{"accessKey": self.access_key, "secretKey": self.secret_key}]
        actions = ["Admin", "Read", "Write", "List", "Tagging"]
        keys.write_text(json.dumps({"identities": [{"name": "test", "credentials": credentials, "actions": actions}]}))
        return [
            PROGRAMS / "weed", "server", f"-dir={data}", "-ip=127.0.0.1", "-ip.bind=127.0.0.1",
            f"-master.port={master}", f"-master.port.grpc={master_rpc}", "-master.telemetry=false",
            "-master.volumeSizeLimitMB=256", "-volume.max=40", "-volume.preStopSeconds=0",
            f"-volume.port={volume}", f"-volume.port.grpc={volume_rpc}",
            f"-filer.port={filer}", f"-filer.port.grpc={filer_rpc}", f"-filer.localSocket={self.folder}/filer.sock",
            "-s3", f"-s3.port={s3}", f"-s3.port.grpc={s3_rpc}", f"-s3.config={keys}", "-s3.autoCreateBucket=false",
            "-s3.port.iceberg=0", "-s3.port.lance=0", f"-s3.localSocket={self.folder}/s3.sock",
        ]


class Moto(Server):
    """Conditional PUT, paging, versioning, all in the memory of its process: it comes back empty."""

    name = "moto"
    keeps_data = False

    def command(self):
        return [PROGRAMS / "moto_server", "-H", "127.0.0.1", "-p", self.port]

    def answers(self):
        return get(self.port, "/moto-api/data.json")[0] == 200

    def set_up(self):
        """It trusts everybody until its calls are counted, so the user is made first and the counting set then."""
        self._iam(Action="CreateUser", UserName="test")
        key = self._iam(Action="CreateAccessKey", UserName="test")
        everything = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]}
        policy = json.dumps(everything)
        self._iam(Action="PutUserPolicy", UserName="test", PolicyName="everything", PolicyDocument=policy)
        self.access_key, self.secret_key = self._text(key, "AccessKeyId"), self._text(key, "SecretAccessKey")
        get(self.port, "/moto-api/reset-auth", "POST", "0")
        super().set_up()

    def _iam(self, **parameters):
        scope = "AWS4-HMAC-SHA256 Credential=none/20200101/us-east-1/iam/aws4_request, SignedHeaders=host, Signature=0"
        headers = {"Authorization": scope, "Content-Type": "application/x-www-form-urlencoded"}
        status, body = get(self.port, "/", "POST", urllib.parse.urlencode(parameters), headers)
        if status != 200:
            raise RuntimeError(f"moto answered {status} to {parameters['Action']}: {body[:300]}")
        return body.decode()

    @staticmethod
    def _text(xml, name):
        return xml.partition(f"<{name}>")[2].partition(f"</{name}>")[0]


class Rclone(Server):
    """Signatures, but no conditions: what a simple S3 look-alike does. Objects are plain files."""

    name = "rclone"

    def command(self):
        data = self.folder / "data"
        data.mkdir(exist_ok=True)
        keys = f"{self.access_key},{self.secret_key}"
        return [PROGRAMS / "rclone", "serve", "s3", data, "--auth-key", keys, "--addr", f"127.0.0.1:{self.port}"]

    def environment(self):
        return {"RCLONE_CONFIG": "/dev/null"}


class Nginx(Server):
    """The fastest place that keeps what it is sent, for measuring a client; it knows nothing of S3."""

    name = "nginx"
    checks_signatures = False

    def command(self):
        program = shutil.which("nginx", path="/usr/sbin:/usr/bin:/sbin:/bin")
        if program is None:
            raise RuntimeError("there is no nginx: Tests/packages nginx")
        (self.folder / "data" / BUCKET).mkdir(parents=True, exist_ok=True)
        temporary = "".join(
            f"{kind}_temp_path {self.folder}/{kind};" for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
        )
        configuration = self.folder / "nginx.conf"
        configuration.write_text(f"""
            worker_processes 1; daemon off; pid {self.folder}/pid; error_log {self.folder}/error.log warn;
            events {{ worker_connections 1024; }}
            http {{
                access_log off; keepalive_requests 1000000; {temporary}
                client_max_body_size 100m; client_body_buffer_size 256k;
                server {{
                    listen 127.0.0.1:{self.port}; root {self.folder}/data;
                    location / {{
                        dav_methods PUT DELETE; create_full_put_path on; dav_access user:rw; min_delete_depth 1;
                    }}
                }}
            }}""")
        return [program, "-p", self.folder, "-c", configuration]

    def set_up(self):
        """The bucket is the folder."""


KINDS = {kind.name: kind for kind in (SeaweedFS, Moto, Rclone, Nginx)}
