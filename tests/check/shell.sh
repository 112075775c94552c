#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
#
# shell.sh FILE...: scripts parse (with the shell that their first line names) and may be executed.
status=0
for file in "$@"; do
    read -r first <"$file"
    case $first in
    '#!/bin/sh') sh -n "$file" || status=1 ;;
    '#!/bin/bash') bash -n "$file" || status=1 ;;
    *) echo "$file:1: no #!/bin/sh or #!/bin/bash" && status=1 ;;
    esac
    [ -x "$file" ] || { echo "$file: not executable"; status=1; }
done
exit $status
