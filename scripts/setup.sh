#!/bin/sh
# Installs what safepost needs to be built and run, and nothing that is there already. Says what it will do first.
#
#   scripts/setup.sh            install what is missing
#   scripts/setup.sh --check    only say what is missing; exit 1 when something is
#
# System libraries come from the system's package manager, ONNX Runtime from its Python wheel, which is fetched by pip
# but not installed: the one shared library is taken out of it, checked, and put into .runtime/ beside this checkout.
# pip's own settings apply, so PIP_NO_INDEX=1 PIP_FIND_LINKS=folder sets up a machine without a network.
set -eu

root=$(CDPATH='' cd -- "$(dirname -- "$0")/.." && pwd)

check_only=no
case "${1-}" in
    '') ;;
    --check) check_only=yes ;;
    *) echo "usage: $0 [--check]" >&2; exit 64 ;;
esac

say() { printf '%s\n' "$*"; }
fail() { printf 'setup: %s\n' "$*" >&2; exit 1; }
have() { command -v "$1" >/dev/null 2>&1; }

# ---------------------------------------------------------------------------------------------------- system libraries
# One row each: Debian package, Homebrew formula (- for none), how to see that it is there, what it is for.
#   cmd:NAME        a program on the path
#   lib:NAME[>=V]   a library that pkg-config knows
#   pkg             the Debian package itself (or the Homebrew formula) is installed
requirements() {
    cat <<'ROWS'
gcc|-|cmd:cc|links Rust programs
libc6-dev|-|pkg|headers of the C library, read when bindings are generated
pkg-config|pkgconf|cmd:pkg-config|tells the build where the libraries are
libclang-dev|llvm|pkg|bindgen reads C headers with it
clang|llvm|cmd:clang|tells bindgen where its own headers are
libheif-dev|libheif|lib:libheif>=1.15|HEIC, HEIF and AVIF pictures
libavcodec-dev|ffmpeg|lib:libavcodec|video: decoding and encoding
libavformat-dev|ffmpeg|lib:libavformat|video: containers
libavutil-dev|ffmpeg|lib:libavutil|video: frames and clocks
libavfilter-dev|ffmpeg|lib:libavfilter|video: turning and scaling
libswscale-dev|ffmpeg|lib:libswscale|video: colour conversion
libswresample-dev|ffmpeg|lib:libswresample|video: sound formats
python3|python@3|cmd:python3|runs pip and unpacks ONNX Runtime
python3-pip|-|pip|fetches ONNX Runtime
ROWS
}

installed_package() {
    case "$system" in
        apt) [ "$(dpkg-query -W -f '${Status}' "$1" 2>/dev/null)" = 'install ok installed' ] ;;
        brew) brew list --formula "$2" >/dev/null 2>&1 ;;
        # Nothing to ask: what the other rows test must do.
        *) return 0 ;;
    esac
}

# present TEST DEBIAN_PACKAGE BREW_FORMULA
present() {
    case "$1" in
        cmd:*) have "${1#cmd:}" ;;
        lib:*'>='*)
            rest=${1#lib:}
            have pkg-config && pkg-config --atleast-version="${rest#*>=}" "${rest%%>=*}" 2>/dev/null
            ;;
        lib:*) have pkg-config && pkg-config --exists "${1#lib:}" 2>/dev/null ;;
        pip) have python3 && python3 -m pip --version >/dev/null 2>&1 ;;
        pkg) installed_package "$2" "$3" ;;
    esac
}

# What is missing, one "package|purpose" a line.
missing_packages() {
    requirements | while IFS='|' read -r debian formula test purpose; do
        present "$test" "$debian" "$formula" && continue
        case "$system" in
            apt) say "$debian|$purpose" ;;
            brew) [ "$formula" = - ] || say "$formula|$purpose" ;;
            *) say "${test#*:}|$purpose" ;;
        esac
    done
}

as_root() {
    if [ "$(id -u)" = 0 ]; then "$@"; else sudo "$@"; fi
}

apt_has() { apt-cache policy "$1" 2>/dev/null | grep -q 'Candidate: [^(]'; }

apt_install() {
    [ "$(id -u)" = 0 ] || have sudo ||
        fail "this needs root, and sudo is missing; as root, type: apt-get update && apt-get install $*"
    for package in "$@"; do
        apt_has "$package" || { as_root apt-get update; break; }
    done
    # Package lists that are out of date name files that are gone, so one refusal is answered by a fresh list.
    as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends "$@" || {
        as_root apt-get update
        as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends "$@"
    }
}

install_packages() {
    missing=$(missing_packages)
    [ -n "$missing" ] || { say 'setup: system libraries: all there'; return 0; }
    say 'setup: system libraries that are missing:'
    say "$missing" | sed 's/^\([^|]*\)|/  \1: /'
    packages=$(say "$missing" | cut -d '|' -f 1 | sort -u)
    [ "$check_only" = no ] || { complete=no; return 0; }
    # Package names hold no spaces, so splitting them here is what is wanted.
    # shellcheck disable=SC2086
    case "$system" in
        apt) say 'setup: installing them with apt-get'; apt_install $packages ;;
        brew) say 'setup: installing them with Homebrew'; brew install $packages ;;
        *) fail 'neither apt-get nor Homebrew is here: install the above with your package manager, then run this again' ;;
    esac
    left=$(missing_packages)
    [ -z "$left" ] || fail "still missing after installing: $(say "$left" | cut -d '|' -f 1 | tr '\n' ' ')"
}

# ---------------------------------------------------------------------------------------------------------------- Rust
check_rust() {
    have cargo || fail 'Rust is missing: install it with rustup, then run this again'
    parts=
    cargo fmt --version >/dev/null 2>&1 || parts="$parts rustfmt"
    cargo clippy --version >/dev/null 2>&1 || parts="$parts clippy"
    [ -n "$parts" ] || { say 'setup: Rust: all there'; return 0; }
    say "setup: parts of Rust that are missing (needed by make test):$parts"
    [ "$check_only" = no ] || { complete=no; return 0; }
    have rustup || fail "add these to your Rust installation:$parts"
    # shellcheck disable=SC2086
    rustup component add $parts
}

# -------------------------------------------------------------------------------------------------------- ONNX Runtime
ort_version=1.31.1
# The wheel for CPython 3.11 holds the same library as all others; which Python runs here does not matter.
ort_for_this_machine() {
    ort_library=libonnxruntime.so.$ort_version
    case "$(uname -s)/$(uname -m)" in
        Linux/x86_64)
            ort_platform=manylinux_2_28_x86_64
            ort_wheel_sha256=5752bd508126ae7c49894d3b9d2e83f0c3d487319246d04c444b393308d7ad7f
            ort_library_sha256=fc44112fbe06d7d689c57e11d3862031f64711007e4ee020f8eed5185fd2c1d3
            ;;
        Linux/aarch64 | Linux/arm64)
            ort_platform=manylinux_2_28_aarch64
            ort_wheel_sha256=da05378364c44d4407e463982d2bf8d5e4cfea873283757e48beeb41df97b7f3
            ort_library_sha256=8aa3b76b28c778a2b1dd660d34161adb1d508c9ccd04ff9dc80e26eca5df8467
            ;;
        Darwin/arm64)
            ort_library=libonnxruntime.$ort_version.dylib
            ort_platform=macosx_14_0_arm64
            ort_wheel_sha256=60b6b69bfe580eab576cacc5d132a0e9cf2a37fcfd18d46dd191042b1d1ed0d7
            ort_library_sha256=f8b06155feece624e55e49124340eea279da812529ae6fbc46a9f2be9c9cad2e
            ;;
        *)
            fail "there is no ONNX Runtime $ort_version wheel for $(uname -s) on $(uname -m):" \
                'get the library from elsewhere and name it in SAFEPOST_ORT_LIB'
            ;;
    esac
}

sha256_of() {
    python3 -c 'import hashlib, sys; print(hashlib.sha256(open(sys.argv[1], "rb").read()).hexdigest())' "$1"
}

install_runtime() {
    ort_for_this_machine
    folder=$root/.runtime/onnxruntime-$ort_version
    if [ -f "$folder/$ort_library" ] && [ "$(sha256_of "$folder/$ort_library")" = "$ort_library_sha256" ]; then
        say "setup: ONNX Runtime $ort_version: there"
        return 0
    fi
    say "setup: ONNX Runtime $ort_version is missing (it runs the models)"
    [ "$check_only" = no ] || { complete=no; return 0; }
    say "setup: fetching its Python wheel with pip (about 24 MB, not installed), unpacking into .runtime/"
    mkdir -p "$root/.runtime"
    draft=$(mktemp -d "$root/.runtime/draft.XXXXXX")
    # Runs at any end, also an interrupt: nothing half-made stays.
    trap 'rm -rf "$draft"' EXIT
    trap 'exit 130' INT TERM HUP
    say "onnxruntime==$ort_version --hash=sha256:$ort_wheel_sha256" >"$draft/requirements.txt"
    python3 -m pip download --quiet --disable-pip-version-check --require-hashes --no-deps --only-binary=:all: \
        --implementation cp --python-version 3.11 --platform "$ort_platform" \
        --dest "$draft" --requirement "$draft/requirements.txt" ||
        fail 'pip could not fetch the wheel of ONNX Runtime (see above)'
    python3 - "$draft" "$ort_wheel_sha256" "$ort_library" "$ort_library_sha256" <<'PYTHON' || fail 'ONNX Runtime was not unpacked'
import hashlib, pathlib, sys, zipfile

draft, wheel_sha256, library, library_sha256 = sys.argv[1:]
draft = pathlib.Path(draft)
(wheel,) = draft.glob("*.whl")


def must_be(what, data, expected):
    got = hashlib.sha256(data).hexdigest()
    if got != expected:
        sys.exit(f"setup: {what} is not the one that was checked: SHA-256 {got}, expected {expected}")


must_be("the wheel of ONNX Runtime", wheel.read_bytes(), wheel_sha256)
ready = draft / "ready"
ready.mkdir()
with zipfile.ZipFile(wheel) as archive:
    data = archive.read(f"onnxruntime/capi/{library}")
    must_be(library, data, library_sha256)
    (ready / library).write_bytes(data)
    for notice in ("LICENSE", "ThirdPartyNotices.txt"):
        (ready / notice).write_bytes(archive.read(f"onnxruntime/{notice}"))
PYTHON
    rm -rf "$folder"
    mv "$draft/ready" "$folder"
    say "setup: ONNX Runtime $ort_version: unpacked and checked"
}

# ----------------------------------------------------------------------------------------------------------------------
if have apt-get && have dpkg-query; then system=apt
elif have brew; then system=brew
else system=unknown
fi

# Called plainly, not as `f || ...`: that would switch `set -e` off inside them.
complete=yes
install_packages
check_rust
install_runtime
[ "$complete" = yes ] || exit 1
