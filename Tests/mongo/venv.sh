#!/usr/bin/env bash
# The Python of the environment that requirements.txt asks for: makes it once, and prints its path.
# SPDX-License-Identifier: Apache-2.0
exec "$(dirname "${BASH_SOURCE[0]}")/../venv.sh" mongo
