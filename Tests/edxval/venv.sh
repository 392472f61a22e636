#!/usr/bin/env bash
# Makes the virtual environment for read_back.py, once per content of requirements.txt,
# and prints the path of its Python on standard output (everything else goes to standard error).
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
root=$(cd "$here/../.." && pwd)/.build-python
base=${PYTHON:-python3}

key=$({ cat "$here/requirements.txt"; "$base" -VV; } | sha256sum | cut -c1-16)
environment=$root/edxval-$key
mkdir -p "$root"

# Two test runs may ask at the same moment: the second waits, then finds it made.
exec 9>"$root/edxval-$key.lock"
flock 9

if [ ! -e "$environment/complete" ]; then
    rm -rf "$environment"
    "$base" -m venv "$environment" >&2
    "$environment/bin/python" -m pip --quiet --disable-pip-version-check install \
        --requirement "$here/requirements.txt" >&2
    touch "$environment/complete"
fi
echo "$environment/bin/python"
