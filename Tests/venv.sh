#!/usr/bin/env bash
# Makes the virtual environment that a folder beside this file asks for, once per content of its requirements.txt,
# and prints the path of its Python on standard output (everything else goes to standard error).
#
#   Tests/venv.sh edxval
# SPDX-License-Identifier: Apache-2.0
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
root=$(dirname "$here")/.build-python
requirements=$here/$1/requirements.txt
base=${PYTHON:-python3}

key=$({ cat "$requirements"; "$base" -VV; } | sha256sum | cut -c1-16)
environment=$root/$1-$key
mkdir -p "$root"

# Two test runs may ask at the same moment: the second waits, then finds it made.
exec 9>"$root/$1-$key.lock"
flock 9

if [ ! -e "$environment/complete" ]; then
    rm -rf "$environment"
    "$base" -m venv "$environment" >&2
    "$environment/bin/python" -m pip --quiet --disable-pip-version-check install --requirement "$requirements" >&2
    touch "$environment/complete"
fi
echo "$environment/bin/python"
