# SPDX-License-Identifier: BSD-3-Clause
#
# What token_cases.py and quote_cases.py share: the folders that they are given, IMAGES and OUT, openssl, and OUT/cases.txt, which has
# a line for each case:
#   file|reasons, in their order, or "good"|where the first one is, or ""|further options of fip-tool token or quote verify
import os
import subprocess
import sys

images, out = sys.argv[1:]
cases = []


def openssl(*words, data=None):
    return subprocess.run(("openssl",) + words, input=data, check=True, capture_output=True).stdout


def read(name):
    with open(os.path.join(images, name), "rb") as file:
        return file.read()


def write(name, data):
    with open(os.path.join(out, name), "wb") as file:
        file.write(data)
    return name


def new_key(name, *words):  # the two files of a key that openssl makes
    pem = openssl(*words)
    write(name + ".pem", pem)
    write(name + ".pub", openssl("pkey", "-pubout", data=pem))


def new_file(name, data):  # of a case: no other one has that name
    assert not os.path.exists(os.path.join(out, name)), name
    return write(name, data)


def add_case(file, reasons, where, options):
    cases.append("|".join((file, reasons, where, options)))


def end_cases():
    with open(os.path.join(out, "cases.txt"), "w") as file:
        file.write("\n".join(cases) + "\n")
