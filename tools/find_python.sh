#!/usr/bin/env bash
# Print a Python that can run the service: CPython 3.11 or 3.12 with venv and headers, and a C compiler beside it.
# durable_rules is a C extension in source form; on 3.13 it builds and then fails at import.
set -uo pipefail

fail() { printf '\ncreditgate: %s\n' "$1" >&2; exit 1; }

seen=""
if [ -n "${PYTHON:-}" ]; then
  candidates=("$PYTHON") # who names one wants that one, or to be told why not
else
  candidates=(python3.12 python3.11 python3 python /usr/bin/python3.12 /usr/bin/python3.11
    /usr/local/bin/python3.12 /usr/local/bin/python3.11 /opt/homebrew/bin/python3.12 /opt/homebrew/bin/python3.11)
  for root in "${PYENV_ROOT:-$HOME/.pyenv}"/versions/3.1[12].*; do candidates+=("$root/bin/python"); done
fi

no_venv="" no_headers=""
for candidate in "${candidates[@]}"; do
  [ -n "$candidate" ] || continue
  version="$("$candidate" -c 'import sys; print("%d.%d" % sys.version_info[:2])' 2>/dev/null)" || continue
  seen="$seen $candidate($version)"
  case "$version" in 3.11 | 3.12) ;; *) continue ;; esac
  if ! "$candidate" -c 'import venv, ensurepip' 2>/dev/null; then no_venv="$candidate"; continue; fi
  if ! "$candidate" -c 'import sysconfig, pathlib, sys; sys.exit(not pathlib.Path(sysconfig.get_paths()["include"], "Python.h").exists())'; then
    no_headers="$candidate"; continue
  fi
  command -v "${CC:-cc}" >/dev/null 2>&1 || command -v gcc >/dev/null 2>&1 || command -v clang >/dev/null 2>&1 ||
    fail "no C compiler found (tried \$CC, cc, gcc, clang). The rules engine is a C extension: install gcc or clang, e.g. 'apt install build-essential'."
  "$candidate" -c 'import sys; print(sys.executable)'
  exit 0
done

[ -z "$no_venv" ] || fail "$no_venv has no venv module. Install it, e.g. 'apt install python3-venv'."
[ -z "$no_headers" ] || fail "$no_headers has no Python.h. Install the headers, e.g. 'apt install python3-dev'."
fail "needs CPython 3.11 or 3.12 (the rules engine does not import on 3.13 and later). Found:${seen:- none}. Install one, or name it: make PYTHON=/path/to/python3.12"
