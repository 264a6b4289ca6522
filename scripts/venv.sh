# shellcheck shell=bash
# Read by scripts/install, scripts/demo and scripts/test: makes .venv in the checkout, and updates it when the lock changes.

say() { printf '%s\n' "$*" >&2; }

fail() {
    say "$*"
    exit 1
}

find_python() { # prints the command of a Python that is new enough, preferring one that can make virtual environments
    local name old=""
    for name in python3 python3.14 python3.13 python3.12 python3.11 python; do
        "$name" -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1 || continue
        if "$name" -c 'import ensurepip, venv' >/dev/null 2>&1; then
            echo "$name"
            return
        fi
        old=$name
    done
    if [ -n "$old" ]; then
        local version
        version=$("$old" -c 'import sys; print("%d.%d" % sys.version_info[:2])')
        fail "Python $version is here, but its venv module is missing. On Debian or Ubuntu, install it with:" \
            "apt-get install python$version-venv"
    fi
    fail "Counterpart needs Python 3.11 or newer, and none was found in PATH. Please install one (python.org, or your" \
        "system's packages), then start this script again."
}

# install LOCK: installs what the lock lists, with one line of progress, and shows pip's own words if it fails.
install() {
    local lock=$1 log=.venv/setup.log total count=0 line
    total=$(grep -c '^[A-Za-z0-9]' "$lock")
    if ! .venv/bin/python -m pip install --disable-pip-version-check --no-input --no-deps --require-hashes -r "$lock" 2>&1 |
        tee "$log" | while IFS= read -r line; do
        case $line in
        Collecting* | "Requirement already"*) count=$((count + 1)) ;;
        esac
        if [ -t 2 ]; then printf '\rInstalling package %d of at most %d ' "$count" "$total" >&2; fi
    done; then
        if [ -t 2 ]; then say ""; fi
        tail -n 20 "$log" >&2
        fail "The packages could not be installed; pip's own words are above, and all of them in $log." \
            "If the network failed, start the script again: it goes on where it stopped."
    fi
    if [ -t 2 ]; then printf '\r\033[K' >&2; fi
}

# set_up PART: makes sure that .venv has what is needed to `run`, or to `test` as well.
set_up() {
    local part=$1 lock=requirements.lock stamp made python started=$SECONDS
    stamp=$(cat requirements.lock pyproject.toml | cksum)
    # A virtual environment does not survive being moved: one that was made for another folder is made anew.
    made=$(cat .venv/made-for 2>/dev/null || true)
    if [ "$made" = "$PWD" ] && .venv/bin/python -c "import pip" 2>/dev/null; then
        case "$(cat .venv/stamp 2>/dev/null || true)" in
        "test $stamp" | "$part $stamp") return ;;
        esac
        say "Bringing the Python environment in .venv up to date …"
        rm -f .venv/stamp
    else
        python=$(find_python)
        say "Making a Python environment in .venv (about a minute, only this once) …"
        "$python" -m venv --clear .venv || fail "The virtual environment in .venv could not be made; see above."
        printf '%s\n' "$PWD" >.venv/made-for
    fi
    if [ "$part" = run ]; then
        lock=.venv/run.lock
        sed '/^# Part 2/,$d' requirements.lock >"$lock"
    fi
    install "$lock"
    .venv/bin/python -m pip install --quiet --disable-pip-version-check --no-input --no-index --no-deps --no-build-isolation \
        --editable . || fail "Counterpart itself could not be installed into .venv; see above."
    printf '%s %s\n' "$part" "$stamp" >.venv/stamp
    say "Ready after $((SECONDS - started)) s."
}
