// SPDX-License-Identifier: BSD-3-Clause
//
// Who may call whom: what the manifests say (struct sp_config), as the bits that every message is checked against (sp_admits,
// ffa_dispatch.h). Nobody may until sp_policy_init has run, and nobody afterwards whom the receiver's manifest does not name.
#ifndef SP_POLICY_H
#define SP_POLICY_H

#include "spmc_private.h"

// Fills sp->admits of every partition from its manifest: the normal world, and the partitions that have the UUID of one of
// its callers among theirs (several may, or none in this image), for the messages that the caller's line names, the sender
// can send and the receiver can receive (messaging-method, notification-support, ffa-version). No partition admits itself.
// Boot core, once, all partitions loaded and none entered; before that every bit is clear.
void sp_policy_init(void);

#endif
