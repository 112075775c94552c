#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
#
# compile.sh HOW UNIT...: every UNIT is FLAGS@SOURCE, FLAGS the file that make keeps of the compiler and its options.
#   clang    SOURCE compiles with clang too, under the same warnings
#   tidy     clang-tidy finds nothing (.clang-tidy: function size, recursion, likely mistakes)
#   header   SOURCE, a header, compiles alone, with gcc
# Prints what the tool says; fails if any unit fails.
how=$1
shift
resource=$(clang -print-resource-dir 2>/dev/null)/include
status=0
for unit in "$@"; do
    flags=${unit%%@*}
    source=${unit#*@}
    [ -s "$flags" ] || { echo "$flags: missing: build first"; exit 1; }
    eval "set -- $(cat "$flags")"
    compiler=$1
    shift
    if [ "$how" = header ]; then
        printf '#include "%s"\n' "$source" | "$compiler" "$@" -I. -fsyntax-only -x c - || status=1
        continue
    fi
    # gcc's own headers are clang's own here; the rest is understood by both
    target=
    case $compiler in
    *aarch64*) target=--target=aarch64-linux-gnu ;;
    esac
    gcc_headers=$("$compiler" -print-file-name=include)
    for argument in "$@"; do
        shift
        [ "$argument" != "$gcc_headers" ] || argument=$resource
        case $source:$argument in
        *.S:-mgeneral-regs-only) continue ;; # is about code generation; for clang it is about assembly, too
        *:--param=*) continue ;;             # gcc's own
        esac
        set -- "$@" "$argument"
    done
    case $how in
    clang) clang $target "$@" -Wno-unused-command-line-argument -c -o /dev/null "$source" || status=1 ;;
    tidy)
        report=$(clang-tidy --quiet "$source" -- $target "$@" 2>/dev/null) || status=1
        [ -z "$report" ] || printf '%s\n' "$report"
        ;;
    esac
done
exit $status
