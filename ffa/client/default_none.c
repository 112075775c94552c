// SPDX-License-Identifier: BSD-3-Clause
//
// For programs that say with psa_client_connect() how they reach FF-A: there is no other way. Used by psa_client.c.
#include "client_private.h"

struct ffa_transport *client_default(void)
{
    return NULL;
}
