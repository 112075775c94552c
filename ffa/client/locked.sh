#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
#
# locked.sh names|code|plain|macros HEADER...: libtessera's PSA functions are those of the client library, one at a time, and each has
# a second name for programs that have another PSA Crypto in them. For every function that these headers declare:
#   names   a line "psa_x unlocked_psa_x" for objcopy --redefine-syms, which renames what the client library defines and calls
#   code    a function tessera_psa_x() that takes the lock and calls unlocked_psa_x(); a C file, on standard output
#   plain   a function psa_x() that calls it; as well
#   macros  a line "#define psa_x tessera_psa_x"; a header
# Fails if a header declares a function in a way that it does not understand.
what=$1
shift
awk -v what="$what" '
    function refuse() { print FILENAME ":" FNR ": cannot read: " text >"/dev/stderr"; bad = 1 }
    # The names of the parameters
    function arguments(list,   i, n, part, result) {
        if (list == "void") return ""
        n = split(list, part, ",")
        for (i = 1; i <= n; i++) {
            sub(/\[[^]]*\]$/, "", part[i])
            if (!match(part[i], /[A-Za-z_0-9]+$/)) { refuse(); return "" }
            result = result (i > 1 ? ", " : "") substr(part[i], RSTART)
        }
        return result
    }
    function declaration(   open, type, name, list) {
        gsub(/[ \t]+/, " ", text)
        open = index(text, "(")
        name = substr(text, 1, open - 1)
        list = substr(text, open + 1)
        sub(/\);$/, "", list)
        if (list ~ /[()]/ || !match(name, /[a-z_0-9]+$/)) { refuse(); return }
        type = substr(name, 1, RSTART - 1)
        name = substr(name, RSTART)
        count++
        second = name ~ /^tessera_/ ? name : "tessera_" name
        if (what == "names") print name " unlocked_" name
        else if (what == "macros") { if (second != name) print "#define " name " " second }
        else if (what == "plain") { if (second != name) define(type, name, list, second, "") }
        else define(type, second, list, "unlocked_" name, "libtessera_begin();\n    ")
    }
    # A function that calls another one of these parameters; first: what comes before
    function define(type, name, list, other, first,   call, last) {
        call = other "(" arguments(list) ");\n"
        last = first != "" ? "    libtessera_end();\n" : ""
        print "\n" type other "(" list ");\n" type name "(" list ");\n" type name "(" list ")\n{"
        if (type == "void ") print "    " first call last "}"
        else print "    " first type "result = " call "\n" last "    return result;\n}"
    }
    BEGIN {
        if (what == "macros") {
            print "// SPDX-License-Identifier: BSD-3-Clause\n//"
            print "// Made by ffa/client/locked.sh. Included before psa/\052.h it makes a file use the second names of libtessera"
            print "// PSA functions, in a program that has another PSA Crypto (Mbed TLS, say) in it.\n#ifndef TESSERA_NAMES_H\n#define TESSERA_NAMES_H"
        }
        if (what == "code" || what == "plain") {
            print "// Made by ffa/client/locked.sh\n#include \"ffa/client/libtessera.h\"\n\n#pragma GCC visibility push(default)"
            for (i = 1; i < ARGC; i++) print "#include \"" ARGV[i] "\""
        }
    }
    FNR == 1 { text = "" }
    /^static inline/ { inline = 1 }
    inline { if (/^}/) inline = 0; next }
    text != "" { text = text " " $0 }
    text == "" && /^[a-z][a-z_0-9]* \**[a-z_0-9]+\(/ { text = $0 }
    text != "" && /;/ { sub(/;.*/, ";", text); declaration(); text = "" }
    END {
        if (count == 0) { print "locked.sh: no function" >"/dev/stderr"; bad = 1 }
        if (what == "code" || what == "plain") print "\n#pragma GCC visibility pop"
        if (what == "macros") print "#endif"
        exit bad
    }' "$@"
