#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
#
# Brings what Tessera does not write itself. Called by make (platform/external/external.mk), never needs arguments by hand.
#
#   fetch.sh host GROUP...      install the missing host packages of the groups below, with apt
#   fetch.sh libraries FOLDER WHAT...
#       mbedtls   Debian's Mbed TLS source, unpacked and patched, into FOLDER/mbedtls
#       sysroot   the Debian packages of $SYSROOT_PACKAGES, unpacked into FOLDER/sysroot
#   fetch.sh linux FOLDER       the normal world of the tests: FOLDER/linux with two Debian kernels, what a module for
#       them is compiled with, and the guest's programs
#   fetch.sh linux-sid FOLDER   FOLDER/linux-sid: the kernel of Debian's unstable, in the same way
#   fetch.sh kernel-source FOLDER   FOLDER/kernel-source: Debian's source of a kernel, packed
#   fetch.sh wants WHAT         print what one of these three consists of; when that changes, make fetches again
#
# Libraries come through a private apt root below FOLDER: the machine's own mirror, proxy and credentials, but its own
# sources, lists and cache, so that nothing of the system changes. Trusted: Debian's archive keys on this machine, and
# nothing else; every byte is checked by apt against an index that one of those keys signed.
# FOLDER/*.versions records what was taken (name, version, architecture, SHA-256) for the SBOM.
set -eu

# Host packages, by what needs them
packages_of() {
    case $1 in
    build) echo gcc libc6-dev gcc-aarch64-linux-gnu libc6-dev-arm64-cross device-tree-compiler libfdt-dev libssl-dev libedit-dev libcbor-dev libjansson-dev bzip2 patch xz-utils ;;
    run) echo qemu-system-arm u-boot-tools ;;
    test) echo libcmocka-dev arm-trusted-firmware-tools openssl python3 python3-cbor2 libtpms-dev libtss2-dev tpm2-tools ;;
    fuzz) echo clang libclang-rt-dev ;;
    check) echo clang clang-format clang-tidy cppcheck ;;
    debug) echo gdb-multiarch ;;
    kernel) echo flex bison bc make ;;
    *) die "no package group '$1'" ;;
    esac
}

SOURCE_SUITE=trixie # Mbed TLS 3.6 is in Debian 13; Debian 12 has 2.28
LINUX_SUITE=bookworm # has the kernel 6.1, and its backports 6.12, on whatever Debian this is
LINUX_MODULES='arm_smccc_trng tee ffa-core ffa-module tpm_crb_ffa' # those of Debian's that the guest gets, where there are
LINUX_GUEST='busybox-static rng-tools5 tpm2-tools libtss2-tcti-device0' # what it runs; libraries that these need come with them
KERNEL_SOURCE=linux-source-6.12
KEYRING=/usr/share/keyrings/debian-archive-keyring.gpg

die() {
    printf 'fetch.sh: %s\n' "$*" >&2
    exit 1
}

#
# Host packages
#
host_packages() {
    wanted=$(for group in "$@"; do packages_of "$group"; done)
    command -v dpkg-query >/dev/null || die "this is not Debian: install the equivalents of:" $wanted
    missing=
    for package in $wanted; do
        # A virtual or multi-arch answer may have several lines; one installed is enough
        dpkg-query -W -f '${db:Status-Status}\n' "$package" 2>/dev/null | grep -qx installed || missing="$missing $package"
    done
    [ -n "$missing" ] || return 0

    command="apt-get install -y --no-install-recommends$missing"
    if [ "$(id -u)" -eq 0 ]; then
        as_root=
    elif command -v sudo >/dev/null && { sudo -n true 2>/dev/null || [ -t 0 ]; }; then
        as_root=sudo
    else
        die "host packages are missing. As root, run:
  apt-get update && $command"
    fi
    echo "  APT    $missing"
    # A broken foreign source must not stop us: the install below decides
    $as_root apt-get -q update || echo "fetch.sh: apt-get update failed, going on with the lists that are there" >&2
    $as_root env DEBIAN_FRONTEND=noninteractive $command || die "apt could not install:$missing
  Check that the machine's sources list Debian's 'main', then run: apt-get update && $command"
}

#
# The private apt root
#

# The machine's own URIs as 'suite uri' lines, in the order apt knows them; needs no downloaded lists
machine_sources() {
    apt-get indextargets --no-release-info --format '$(RELEASE) $(COMPONENT) $(REPO_URI)' 'Created-By: Packages' 2>/dev/null |
        awk '$2 == "main" && $3 !~ /^cdrom:/ && !seen[$1 $3]++ { print $1, $3 }'
}

# entry TYPE URI SUITES: one deb822 paragraph
entry() {
    printf 'Types: %s\nURIs: %s\nSuites: %s\nComponents: main\nSigned-By: %s\n\n' "$1" "$2" "$3" "$KEYRING"
}

# write_sources WHAT MAIN_URI SECURITY_URI: the suites that the libraries or linux come from, with their updates
write_sources() {
    case $1 in
    linux | kernel-source)
        entry deb "$2" "$LINUX_SUITE $LINUX_SUITE-backports"
        [ -z "$3" ] || entry deb "$3" "$LINUX_SUITE-security"
        return
        ;;
    linux-sid)
        entry deb "$2" sid
        return
        ;;
    esac
    entry deb "$2" "$codename $codename-updates"
    entry deb-src "$2" "$SOURCE_SUITE $SOURCE_SUITE-updates"
    if [ -n "$3" ]; then
        entry deb "$3" "$codename-security"
        entry deb-src "$3" "$SOURCE_SUITE-security"
    fi
}

private_apt() {
    apt-get -q -c "$root/apt.conf" "$@"
}

# apt_root FOLDER WHAT: makes $root and fetches the indices that the libraries or linux need, from the first mirror of the
# machine that serves Debian
apt_root() {
    root=$1/apt-$2
    command -v apt-get >/dev/null || die "apt-get not found: this needs Debian; or bring your own, see MBEDTLS_DIR and SYSROOT"
    [ -r "$KEYRING" ] || die "$KEYRING not found: install the package debian-archive-keyring"
    codename=$(. /etc/os-release && echo "${VERSION_CODENAME:-}")
    [ -n "$codename" ] || die "/etc/os-release names no VERSION_CODENAME"

    rm -rf "$root"
    mkdir -p "$root/lists/partial" "$root/cache/archives/partial" "$root/sources" "$root/empty"
    : >"$root/status"
    # Read after the system's own configuration, so proxies and credentials stay and the hooks go
    cat >"$root/apt.conf" <<-END
	Dir::State "$root/";
	Dir::State::lists "$root/lists/";
	Dir::State::status "$root/status";
	Dir::Cache "$root/cache/";
	Dir::Etc::sourcelist "/dev/null";
	Dir::Etc::sourceparts "$root/sources";
	Dir::Etc::preferences "/dev/null";
	Dir::Etc::preferencesparts "$root/empty";
	#clear APT::Update::Pre-Invoke;
	#clear APT::Update::Post-Invoke;
	#clear APT::Update::Post-Invoke-Success;
	#clear APT::Architectures;
	#clear APT::Default-Release;
	APT::Architecture "arm64";
	APT::Architectures { "arm64"; "$(dpkg --print-architecture)"; };
	APT::Get::AllowUnauthenticated "false";
	APT::Sandbox::User "root";
	APT::Update::Error-Mode "any";
	Acquire::AllowInsecureRepositories "false";
	Acquire::AllowWeakRepositories "false";
	Acquire::AllowDowngradeToInsecureRepositories "false";
	Acquire::Languages "none";
	Acquire::Retries "3";
	END

    sources=$(machine_sources)
    main=$(echo "$sources" | awk -v c="$codename" '$1 == c { print $2 } $1 ~ /^(old)*stable$/ { print $2 }')
    security=$(echo "$sources" | awk -v c="$codename" '$1 == c "-security" || $1 ~ /^(old)*stable-security$/ { print $2; exit }')
    [ -n "$main" ] || die "the machine's apt sources name no mirror with '$codename main'; see /etc/apt/sources.list.d"
    for uri in $main; do
        write_sources "$2" "$uri" "$security" >"$root/sources/debian.sources"
        private_apt update >"$root/update.log" 2>&1 && return 0
    done
    cat "$root/update.log" >&2
    die "no mirror of this machine's apt serves these, signed by Debian: $(sed -n 's/^\(Types\|Suites\): //p' "$root/sources/debian.sources" |
        tr '\n' ' ')(arm64); tried:" $main
}

# record FILE NAME VERSION ARCHITECTURE: one line for the SBOM
record() {
    printf '%s %s %s %s\n' "$2" "$3" "$4" "$(sha256sum <"$1" | cut -d' ' -f1)"
}

# download PACKAGE [FILE.versions]: fetches it and sets $deb; recorded in the file and told
download() {
    mkdir -p "$root/debs"
    rm -f "$root/debs"/*
    (cd "$root/debs" && private_apt download "$1") >"$root/download.log" 2>&1 ||
        { cat "$root/download.log" >&2; die "the package $1 could not be had"; }
    deb=$(echo "$root/debs"/*.deb)
    [ -n "${2:-}" ] || return 0
    set -- "$2" "$(dpkg-deb -f "$deb" Package)" "$(dpkg-deb -f "$deb" Version)" "$(dpkg-deb -f "$deb" Architecture)"
    record "$deb" "$2" "$3" "$4" >>"$1"
    echo "  GOT    $2 $3"
}

#
# Mbed TLS
#
fetch_mbedtls() {
    work=$1/mbedtls.new
    rm -rf "$work"
    mkdir -p "$work"
    (cd "$work" && private_apt source --download-only mbedtls) >"$root/source.log" 2>&1 ||
        { cat "$root/source.log" >&2; die "the source package mbedtls of $SOURCE_SUITE could not be had"; }
    version=$(sed -n 's/^Version: //p' "$work"/mbedtls_*.dsc | head -n 1)
    case $version in
    3.6.*) ;;
    *) die "mbedtls of $SOURCE_SUITE is '$version'; 3.6.* is needed" ;;
    esac
    tarball=$(echo "$work"/mbedtls_*.orig.tar.*)
    tar -xf "$tarball" -C "$work" --strip-components=1 --no-same-owner
    tar -xf "$work"/mbedtls_*.debian.tar.* -C "$work" --no-same-owner
    grep -v -e '^#' -e '^$' "$work/debian/patches/series" | while read -r name; do
        (cd "$work" && patch -s -f --no-backup-if-mismatch -p1 <"debian/patches/$name") || die "mbedtls: Debian's patch $name does not apply"
    done
    [ -f "$work/library/psa_crypto_driver_wrappers.h" ] || die "mbedtls $version lacks its generated files"
    record "$tarball" mbedtls "$version" source >"$work.versions"
    rm -f "$work"/mbedtls_*
    find "$work" -exec touch -h {} + # what is built from it must be built anew
    rm -rf "$1/mbedtls"
    mv "$work" "$1/mbedtls"
    mv "$work.versions" "$1/mbedtls.versions"
    echo "  GOT    mbedtls $version"
}

#
# Target libraries
#
fetch_sysroot() {
    work=$1/sysroot.new
    rm -rf "$work"
    mkdir -p "$work"
    : >"$work.versions"
    for package in $SYSROOT_PACKAGES; do
        download "$package" "$work.versions"
        dpkg-deb -x "$deb" "$work"
    done
    find "$work" -exec touch -h {} +
    rm -rf "$1/sysroot"
    mv "$work" "$1/sysroot"
    mv "$work.versions" "$1/sysroot.versions"
}

#
# The normal world of the tests
#

# take MEMBER...: from $deb into the present folder, without the path before MEMBER's last part
take() {
    dpkg-deb --fsys-tarfile "$deb" | tar -xf - --wildcards --no-anchored --no-same-owner --transform 's,.*/,,' "$@" ||
        die "$(basename "$deb") has no $*"
}

# depends NAME: the packages of such a name (a pattern of sed) that $deb depends on
depends() {
    dpkg-deb -f "$deb" Depends | tr -d ' ' | tr ',|' '\n\n' | sed -n "s/(.*//; /^$1\$/p"
}

# take_modules: those of $LINUX_MODULES that $deb has
take_modules() {
    dpkg-deb --fsys-tarfile "$deb" >"$root/modules.tar"
    tar -tf "$root/modules.tar" | grep -E "/($(echo "$LINUX_MODULES" | tr ' ' '|'))\.ko(\.xz)?\$" >"$root/modules.list" ||
        die "$(basename "$deb") has none of $LINUX_MODULES"
    tar -xf "$root/modules.tar" --no-same-owner --transform 's,.*/,,' -T "$root/modules.list"
    rm "$root/modules.tar"
    for module in *.ko.xz; do
        [ ! -f "$module" ] || xz -d "$module"
    done
}

# runnable FOLDER: its modpost may want a newer libc than this machine has: then it runs with that of its own Debian
runnable() {
    modpost=$(echo "$1"/usr/lib/linux-kbuild-*/scripts/mod)
    ! ldd "$modpost/modpost.real-lsb-64" 2>&1 | grep -q 'not found' || {
        for package in libc6 libelf1t64 zlib1g libzstd1; do
            download "$package:$(dpkg --print-architecture)" "$work.versions"
            dpkg-deb -x "$deb" "$1"
        done
        # shellcheck disable=SC2016
        printf '#!/bin/sh\nl=$(dirname "$0")/../../../%s\nexec "$l"/ld-linux*.so.* --library-path "$l" "$0.real-lsb-64" "$@"\n' \
            "$(cd "$1/usr/lib" && dirname ./*/ld-linux*.so.*)" >"$modpost/modpost.new"
        chmod +x "$modpost/modpost.new"
        mv "$modpost/modpost.new" "$modpost/modpost"
    }
}

# kernel SERIES SUITE: the kernel that SUITE's linux-image-arm64 names, into $work/SERIES: Image, version, modules, and headers/
# with what a module is compiled with
kernel() {
    download "linux-image-arm64$2"
    version=$(depends 'linux-image-[0-9].*')
    version=${version#linux-image-}
    case $version in
    "$1".*) ;;
    *) die "the kernel of ${2:-$LINUX_SUITE} is '$version' by now, no longer Linux $1" ;;
    esac
    mkdir -p "$work/$1/headers"
    cd "$work/$1"
    echo "$version" >version
    download "linux-image-$version" "$work.versions"
    # Newer packages of this name consist of others
    parts=$(depends "linux-binary-$version"; depends "linux-modules-$version")
    if [ -n "$parts" ]; then
        download "linux-binary-$version" "$work.versions"
        take vmlinuz
        mv vmlinuz Image
        download "linux-modules-$version" "$work.versions"
    else
        take "vmlinuz-$version"
        mv "vmlinuz-$version" Image
    fi
    take_modules
    download "linux-headers-$version" "$work.versions"
    dpkg-deb -x "$deb" headers
    common=$(depends 'linux-headers-.*-common')
    kbuild=$(depends 'linux-kbuild-.*')
    for package in "$common" "$kbuild:$(dpkg --print-architecture)"; do
        download "$package" "$work.versions"
        dpkg-deb -x "$deb" headers
    done
    runnable headers
    cd "$OLDPWD"
}

# with_libraries PACKAGE...: these, and every package of a library (lib…, zlib1g) that they depend on, and so on, one a line
with_libraries() {
    apt-cache -c "$root/apt.conf" depends --recurse --no-recommends --no-suggests --no-conflicts --no-breaks --no-replaces --no-enhances \
        "$@" | awk -v wanted="$*" '
        /^[^ ]/ { package = $1 }
        /Depends: z?lib/ { needs[package] = needs[package] " " $NF }
        END {
            count = split(wanted, queue, " ")
            for (i = 1; i <= count; i++) {
                if (seen[queue[i]]++) continue
                print queue[i]
                n = split(needs[queue[i]], more, " ")
                for (j = 1; j <= n; j++) queue[++count] = more[j]
            }
        }'
}

# done_with FOLDER NAME: $work is complete and takes the place of the old one
done_with() {
    find "$work" -exec touch -h {} +
    rm -rf "${1:?}/$2"
    mv "$work" "$1/$2"
    mv "$work.versions" "$1/$2.versions"
}

fetch_linux() {
    work=$1/linux.new
    rm -rf "$work"
    mkdir -p "$work/guest"
    : >"$work.versions"
    kernel 6.1 ''
    kernel 6.12 "/$LINUX_SUITE-backports"
    # shellcheck disable=SC2086
    with_libraries $LINUX_GUEST >"$root/guest.list"
    while read -r package; do
        download "$package" "$work.versions"
        dpkg-deb -x "$deb" "$work/guest"
    done <"$root/guest.list"
    rm -rf "$work/guest/usr/share"
    done_with "$1" linux
}

fetch_linux_sid() {
    work=$1/linux-sid.new
    rm -rf "$work"
    mkdir -p "$work"
    : >"$work.versions"
    kernel 7.2 /sid
    done_with "$1" linux-sid
}

fetch_kernel_source() {
    work=$1/kernel-source.new
    rm -rf "$work"
    mkdir -p "$work"
    : >"$work.versions"
    download "$KERNEL_SOURCE/$LINUX_SUITE-backports" "$work.versions"
    (cd "$work" && take "$KERNEL_SOURCE.tar.xz")
    done_with "$1" kernel-source
}

wants() {
    case $1 in
    linux) echo "6.1 6.12 $LINUX_SUITE: $LINUX_MODULES, guest: $LINUX_GUEST" ;;
    linux-sid) echo "7.2 sid: $LINUX_MODULES" ;;
    kernel-source) echo "$KERNEL_SOURCE" ;;
    *) die "$usage" ;;
    esac
}

usage="usage: fetch.sh host GROUP... | libraries FOLDER [mbedtls] [sysroot] | linux|linux-sid|kernel-source FOLDER | wants WHAT"
what=${1:-}
[ $# -ge 2 ] || die "$usage"
shift
case $what in
host) host_packages "$@" ;;
wants) wants "$1" ;;
libraries | linux | linux-sid | kernel-source)
    folder=$(mkdir -p "$1" && cd "$1" && pwd)
    shift
    [ "$what" = libraries ] || set -- "$what"
    echo "  FETCH  $* (from Debian's archive, through this machine's mirror)"
    apt_root "$folder" "$what"
    for library in "$@"; do
        case $library in
        mbedtls | sysroot | linux) "fetch_$library" "$folder" ;;
        linux-sid) fetch_linux_sid "$folder" ;;
        kernel-source) fetch_kernel_source "$folder" ;;
        *) die "no library '$library'" ;;
        esac
    done
    rm -rf "$root"
    ;;
*) die "$usage" ;;
esac
