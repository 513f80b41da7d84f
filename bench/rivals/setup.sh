#!/usr/bin/env bash
# Installs the rivals: Python packages of the versions in requirements.txt into bench/rivals/venv; with --dl4j also DL4J's jars.
#   PYTHON    the interpreter to make the environment with, 3.11 or later (default: python3)
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd -P)
if [ ! -x "$here/venv/bin/python" ]; then
    "${PYTHON:-python3}" -m venv "$here/venv"
fi
"$here/venv/bin/pip" install --quiet --requirement "$here/requirements.txt"
if [ "${1:-}" = --dl4j ]; then
    (cd "$here/dl4j" && "$here/../../mvnw" -B -q package \
        org.apache.maven.plugins:maven-dependency-plugin:3.11.0:copy-dependencies -DoutputDirectory=target/lib)
fi
"$here/venv/bin/python" - << 'EOF'
import importlib.metadata as m
print(", ".join(f"{n} {m.version(n)}" for n in ("torch", "keras", "tensorflow-cpu", "jax", "onnxruntime")))
EOF
