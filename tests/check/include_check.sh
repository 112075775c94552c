#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
#
# include_check.sh BOARD FILE...: includes point one way only. Each row of the table below names a folder and what its
# files may include; the longest folder that matches counts. Names are looked up as the build does.
board=$1
shift
awk -v board="$board" '
    function rule(folder, list) { may[folder] = list }
    BEGIN {
        platform = "platform/include platform/arch platform/lib platform/drivers platform/common ffa/abi"
        rule("bl1", "bl1 " platform " platform/boards")
        rule("bl2", "bl2 " platform " platform/boards")
        rule("bl31", "bl31 " platform " platform/boards")
        rule("spmc", "spmc " platform " platform/boards")
        rule("platform", platform " platform/boards")
        rule("platform/lib/boot", "platform/lib platform/include platform/arch ffa/abi")
        rule("platform/include", "platform/include platform/arch platform/lib platform/boards ffa/abi")
        rule("platform/external", "platform/external platform/lib")
        rule("ffa/abi", "ffa/abi platform/include")
        rule("ffa/client", "ffa/client ffa/abi platform/include platform/lib platform/arch/asm_macros.S partitions/lib/sp.h partitions/lib/sp_mem.h proto")
        rule("ffa/demo", "ffa platform proto")
        rule("ffa/tool", "ffa/tool ffa/client ffa/abi")
        rule("ffa/linux", "ffa/linux ffa/client ffa/abi platform/include")
        rule("partitions/lib", "partitions/lib ffa/abi platform/lib platform/include platform/arch/asm_macros.S")
        rule("partitions", "partitions/lib ffa/abi ffa/client platform/lib platform/include platform/external proto self")
        rule("fip-tool", "fip-tool platform/lib platform/include ffa/abi bl2/bl2_config.h")
        rule("tests", "*")
        split("platform/include platform/arch platform/lib/boot ffa/abi platform/boards/" board " partitions/lib ffa/client platform/lib platform/drivers platform/common", places, " ")
    }
    function folder_of(path) { return match(path, /.*\//) ? substr(path, 1, RLENGTH - 1) : "." }
    function exists(path,   line, r) { r = (getline line < path); close(path); return r >= 0 }
    function under(path, folder) { return index(path, folder "/") == 1 }
    function find(name, from,   i) {
        if (exists(from "/" name)) return from "/" name
        if (exists(name)) return name
        for (i = 1; i in places; i++) if (exists(places[i] "/" name)) return places[i] "/" name
        return ""
    }
    function list_of(file,   folder, best) {
        if (file ~ /^partitions\/[^\/]+\/tests\//) return may["tests"] # a partition brings its own
        for (folder in may) if (under(file, folder) && length(folder) > length(best)) best = folder
        return best == "" ? "" : may[best]
    }
    /^[ \t]*#[ \t]*include[ \t]*"/ {
        name = $0
        sub(/^[^"]*"/, "", name)
        sub(/".*/, "", name)
        here = folder_of(FILENAME)
        target = find(name, here)
        list = list_of(FILENAME)
        if (target == "" || list == "*") next # generated or of a library: the compiler finds it or not
        if (list == "") { print FILENAME ":" FNR ": no include rule for this folder"; bad = 1; next }
        ok = 0
        n = split(list, allowed, " ")
        for (i = 1; i <= n; i++) {
            if (allowed[i] == "self") { if (folder_of(target) == here) ok = 1 }
            else if (allowed[i] == "proto") { if (target ~ /_proto\.h$/) ok = 1 }
            else if (target == allowed[i] || under(target, allowed[i])) ok = 1
        }
        if (!ok) { print FILENAME ":" FNR ": must not include " target; bad = 1 }
    }
    END { exit bad }' "$@"
