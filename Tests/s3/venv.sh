#!/usr/bin/env bash
# Makes the virtual environment with the S3 servers and clients, once per content of requirements.txt,
# and prints the path of its Python on standard output (everything else goes to standard error).
# SPDX-License-Identifier: Apache-2.0
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
root=$(cd "$here/../.." && pwd)/.build-python
base=${PYTHON:-python3}

key=$({ cat "$here/requirements.txt"; "$base" -VV; } | sha256sum | cut -c1-16)
environment=$root/s3-$key
mkdir -p "$root"

# Two test runs may ask at the same moment: the second waits, then finds it made.
exec 9>"$root/s3-$key.lock"
flock 9

if [ ! -e "$environment/complete" ]; then
    rm -rf "$environment"
    "$base" -m venv "$environment" >&2
    "$environment/bin/python" -m pip --quiet --disable-pip-version-check install \
        --requirement "$here/requirements.txt" >&2
    touch "$environment/complete"
fi
echo "$environment/bin/python"
