#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
#
# sbom.sh FILE: FILE is JSON with what SPDX 2.3 demands: document fields, every package with name, id and download
# location, checksums of the right length, relationships between ids that exist, and the libraries that we link.
perl -MJSON::PP -e '
    my $file = shift;
    open(my $in, "<", $file) or die "$file: $!\n";
    local $/;
    my $d = eval { decode_json(<$in>) } or die "$file: not JSON: $@";
    my @bad;
    push @bad, "spdxVersion is not SPDX-2.3" if ($d->{spdxVersion} // "") ne "SPDX-2.3";
    push @bad, "dataLicense is not CC0-1.0" if ($d->{dataLicense} // "") ne "CC0-1.0";
    push @bad, "no $_" for grep { !$d->{$_} } qw(SPDXID name documentNamespace creationInfo packages relationships);
    push @bad, "created is not a date" if ($d->{creationInfo}{created} // "") !~ /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/;
    my %id = ("SPDXRef-DOCUMENT" => 1);
    my %name;
    for my $p (@{$d->{packages} // []}) {
        push @bad, "package without $_: " . ($p->{name} // "?") for grep { !defined $p->{$_} } qw(SPDXID name downloadLocation);
        push @bad, "id twice: $p->{SPDXID}" if $id{$p->{SPDXID}}++;
        $name{$p->{name}} = 1;
        for my $c (@{$p->{checksums} // []}) {
            push @bad, "checksum of $p->{name}" if $c->{algorithm} ne "SHA256" or $c->{checksumValue} !~ /^[0-9a-f]{64}$/;
        }
        push @bad, "no checksum: $p->{name}" if !$p->{checksums} && $p->{name} ne "tessera";
    }
    for my $r (@{$d->{relationships} // []}) {
        push @bad, "unknown id $_" for grep { !$id{$_} } $r->{spdxElementId}, $r->{relatedSpdxElement};
    }
    for my $want (qw(mbedtls libfdt libssl picolibc libgcc)) {
        push @bad, "$want is missing" if !grep { /^\Q$want\E/ } keys %name;
    }
    print "$file: $_\n" for @bad;
    exit(@bad ? 1 : 0);
' "$1"
