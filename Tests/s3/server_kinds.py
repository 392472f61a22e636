# SPDX-License-Identifier: Apache-2.0
"""How each S3 server is started, how it is told its keys, and what of it stays when it is stopped."""
import grp
import json
import os
import pwd
import shutil
import sys
import urllib.parse
from pathlib import Path

from server import BUCKET, Server, get

PROGRAMS = Path(sys.executable).parent


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
            "-s3.domainName=localhost",
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
        user = pwd.getpwuid(os.getuid()).pw_name
        configuration.write_text(f"""
            {f"user {user} {grp.getgrgid(os.getgid()).gr_name};" if user == "root" else ""}
            daemon off; master_process off; pid {self.folder}/pid; error_log {self.folder}/error.log warn;
            events {{ worker_connections 1024; }}
            http {{
                access_log off; keepalive_requests 1000000; {temporary}
                client_max_body_size 100m; client_body_buffer_size 256k;
                server {{
                    listen 127.0.0.1:{self.port}; root {self.folder}/data;
                    location / {{
                        dav_methods PUT DELETE; create_full_put_path on; dav_access user:rw; min_delete_depth 1;
                        add_header ETag '"of no content"' always;
                    }}
                }}
            }}""")
        return [program, "-p", self.folder, "-c", configuration]

    def set_up(self):
        """The bucket is the folder."""


KINDS = {kind.name: kind for kind in (SeaweedFS, Moto, Rclone, Nginx)}
