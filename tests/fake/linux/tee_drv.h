// SPDX-License-Identifier: BSD-3-Clause
//
// Stands for the kernel's, as drivers of TEE devices see it (its core is the test's).
#ifndef FAKE_LINUX_TEE_DRV_H
#define FAKE_LINUX_TEE_DRV_H

#include <linux/model.h>
#include <linux/tee.h> // the build machine's: what processes see

struct tee_device {
    void *data;
};
struct tee_context {
    struct tee_device *teedev;
    void *data;
};
struct tee_shm {
    size_t size;
    void *kaddr;
    uint64_t paddr;
};
struct tee_param_value {
    u64 a, b, c;
};
struct tee_param {
    u64 attr;
    union {
        struct tee_param_value value;
    } u;
};

struct tee_shm_pool;
struct tee_shm_pool_ops {
    int (*alloc)(struct tee_shm_pool *pool, struct tee_shm *shm, size_t size, size_t align);
    void (*free)(struct tee_shm_pool *pool, struct tee_shm *shm);
    void (*destroy_pool)(struct tee_shm_pool *pool);
};
struct tee_shm_pool {
    const struct tee_shm_pool_ops *ops;
};
struct tee_driver_ops {
    void (*get_version)(struct tee_device *device, struct tee_ioctl_version_data *version);
    int (*open)(struct tee_context *context);
    void (*release)(struct tee_context *context);
    int (*open_session)(struct tee_context *context, struct tee_ioctl_open_session_arg *arg,
                        struct tee_param *param);
    int (*close_session)(struct tee_context *context, u32 session);
    int (*invoke_func)(struct tee_context *context, struct tee_ioctl_invoke_arg *arg,
                       struct tee_param *param);
};
struct tee_desc {
    const char *name;
    const struct tee_driver_ops *ops;
    void *owner;
};

struct tee_device *tee_device_alloc(const struct tee_desc *desc, struct device *parent,
                                    struct tee_shm_pool *pool, void *data);
int tee_device_register(struct tee_device *device);
void tee_device_unregister(struct tee_device *device);
struct tee_shm *tee_shm_get_from_id(struct tee_context *context, int id);
void tee_shm_put(struct tee_shm *shm);
static inline void *tee_get_drvdata(const struct tee_device *device)
{
    return device->data;
}

#endif
