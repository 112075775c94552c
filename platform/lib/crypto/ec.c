// SPDX-License-Identifier: BSD-3-Clause
//
// Points of the two curves. See ec.h. Doubling and addition in Jacobian coordinates (Cohen, Miyaji, Ono,
// "Efficient elliptic curve exponentiation using mixed coordinates", 1998; a = -3). The formula of the
// addition does not hold for infinity and for equal points: branches pick these out.
#include "ec.h"

#include <string.h>

#define WINDOW 5 // bits of a signed digit: odd, -15 … 15
#define TABLE (1 << (WINDOW - 2))
#define DIGITS (64 * EC_LIMBS + 1)

// FIPS 186-4 D.1.2, least significant limb first
struct constants {
    enum mont_kind field;
    enum mont_kind order;
    uint32_t limbs;
    uint64_t p[EC_LIMBS];
    uint64_t n[EC_LIMBS];
    uint64_t b[EC_LIMBS];
    uint64_t gx[EC_LIMBS];
    uint64_t gy[EC_LIMBS];
};

static const struct constants curves[EC_COUNT] = {
    [EC_P256] = {
        .field = MONT_P256_FIELD,
        .order = MONT_P256_ORDER,
        .limbs = 4,
        .p = { 0xffffffffffffffff, 0x00000000ffffffff, 0x0000000000000000, 0xffffffff00000001 },
        .n = { 0xf3b9cac2fc632551, 0xbce6faada7179e84, 0xffffffffffffffff, 0xffffffff00000000 },
        .b = { 0x3bce3c3e27d2604b, 0x651d06b0cc53b0f6, 0xb3ebbd55769886bc, 0x5ac635d8aa3a93e7 },
        .gx = { 0xf4a13945d898c296, 0x77037d812deb33a0, 0xf8bce6e563a440f2, 0x6b17d1f2e12c4247 },
        .gy = { 0xcbb6406837bf51f5, 0x2bce33576b315ece, 0x8ee7eb4a7c0f9e16, 0x4fe342e2fe1a7f9b },
    },
    [EC_P384] = {
        .field = MONT_ANY,
        .order = MONT_ANY,
        .limbs = 6,
        .p = { 0x00000000ffffffff, 0xffffffff00000000, 0xfffffffffffffffe, 0xffffffffffffffff,
               0xffffffffffffffff, 0xffffffffffffffff },
        .n = { 0xecec196accc52973, 0x581a0db248b0a77a, 0xc7634d81f4372ddf, 0xffffffffffffffff,
               0xffffffffffffffff, 0xffffffffffffffff },
        .b = { 0x2a85c8edd3ec2aef, 0xc656398d8a2ed19d, 0x0314088f5013875a, 0x181d9c6efe814112,
               0x988e056be3f82d19, 0xb3312fa7e23ee7e4 },
        .gx = { 0x3a545e3872760ab7, 0x5502f25dbf55296c, 0x59f741e082542a38, 0x6e1d3b628ba79b98,
                0x8eb1c71ef320ad74, 0xaa87ca22be8b0537 },
        .gy = { 0x7a431d7c90ea0e5f, 0x0a60b1ce1d7e819d, 0xe9da3113b5f0b8c0, 0xf8f41dbd289a147c,
                0x5d9e98bf9292dc29, 0x3617de4a96262c6f },
    },
};

// Work of ec_mul_add(): odd multiples of the two points, and the digits of their scalars
static struct {
    struct ec_point table[2][TABLE];
    int8_t digits[2][DIGITS];
} work;

void ec_init(struct ec *ec, enum ec_name name)
{
    const struct constants *c = &curves[name];
    const uint64_t one[EC_LIMBS] = { 1 };

    mont_init(&ec->field, c->field, c->p, ec->field_rr, c->limbs);
    mont_init(&ec->order, c->order, c->n, ec->order_rr, c->limbs);
    mont_enter(&ec->field, ec->b, c->b);
    mont_enter(&ec->field, ec->g.x, c->gx);
    mont_enter(&ec->field, ec->g.y, c->gy);
    mont_enter(&ec->field, ec->g.z, one);
}

// y^2 = (x^2 - 3) * x + b. Z of `p` is 1
static bool on_curve(const struct ec *ec, const struct ec_point *p)
{
    const struct mont *f = &ec->field;
    uint64_t left[EC_LIMBS];
    uint64_t right[EC_LIMBS];

    mont_mul(f, right, p->x, p->x);
    for (int i = 0; i < 3; i++) {
        mont_sub(f, right, right, p->z);
    }
    mont_mul(f, right, right, p->x);
    mont_add(f, right, right, ec->b);
    mont_mul(f, left, p->y, p->y);
    return memcmp(left, right, f->limbs * sizeof(*left)) == 0;
}

bool ec_read(const struct ec *ec, struct ec_point *p, const uint8_t *bytes)
{
    const struct mont *f = &ec->field;

    mont_read(p->x, f->limbs, bytes);
    mont_read(p->y, f->limbs, bytes + f->limbs * sizeof(uint64_t));
    if (!mont_less(p->x, f->m, f->limbs) || !mont_less(p->y, f->m, f->limbs)) {
        return false;
    }
    mont_enter(f, p->x, p->x);
    mont_enter(f, p->y, p->y);
    memcpy(p->z, ec->g.z, sizeof(p->z));
    return on_curve(ec, p);
}

// What is behind the exceptions: u and s are X and Y of `a`, h and d what is between them and those of `b`, all
// for the same denominator
static void finish_add(const struct mont *f, struct ec_point *r, const uint64_t *u,
                       const uint64_t *s, const uint64_t *h, const uint64_t *d)
{
    uint64_t square[EC_LIMBS], cube[EC_LIMBS], v[EC_LIMBS];

    mont_mul(f, square, h, h);
    mont_mul(f, cube, square, h);
    mont_mul(f, v, u, square);
    mont_mul(f, r->x, d, d); // X' = d^2 - h^3 - 2 * u * h^2
    mont_sub(f, r->x, r->x, cube);
    mont_sub(f, r->x, r->x, v);
    mont_sub(f, r->x, r->x, v);
    mont_sub(f, v, v, r->x); // Y' = d * (u * h^2 - X') - s * h^3
    mont_mul(f, v, v, d);
    mont_mul(f, cube, cube, s);
    mont_sub(f, r->y, v, cube);
}

void ec_add(const struct ec *ec, struct ec_point *r, const struct ec_point *a,
            const struct ec_point *b)
{
    const struct mont *f = &ec->field;
    uint64_t u[EC_LIMBS], s[EC_LIMBS], h[EC_LIMBS], d[EC_LIMBS], t[EC_LIMBS];

    if (mont_is_zero(a->z, f->limbs) || mont_is_zero(b->z, f->limbs)) {
        const struct ec_point *other = mont_is_zero(a->z, f->limbs) ? b : a;

        memmove(r, other, sizeof(*r));
        return;
    }
    mont_mul(f, t, b->z, b->z);
    mont_mul(f, u, a->x, t);
    mont_mul(f, t, t, b->z);
    mont_mul(f, s, a->y, t);
    mont_mul(f, t, a->z, a->z);
    mont_mul(f, h, b->x, t);
    mont_mul(f, t, t, a->z);
    mont_mul(f, d, b->y, t);
    mont_sub(f, h, h, u);
    mont_sub(f, d, d, s);
    if (mont_is_zero(h, f->limbs) && mont_is_zero(d, f->limbs)) {
        ec_double(ec, r, a);
        return;
    }
    mont_mul(f, t, a->z, b->z); // Z' = Za * Zb * h, which is 0 for a = -b
    mont_mul(f, r->z, t, h);
    finish_add(f, r, u, s, h, d);
}

void ec_double(const struct ec *ec, struct ec_point *r, const struct ec_point *a)
{
    const struct mont *f = &ec->field;
    uint64_t delta[EC_LIMBS], gamma[EC_LIMBS], beta[EC_LIMBS], alpha[EC_LIMBS], t[EC_LIMBS];

    mont_mul(f, delta, a->z, a->z);
    mont_mul(f, gamma, a->y, a->y);
    mont_mul(f, beta, a->x, gamma);
    mont_sub(f, alpha, a->x, delta); // alpha = 3 * (X - Z^2) * (X + Z^2)
    mont_add(f, t, a->x, delta);
    mont_mul(f, alpha, alpha, t);
    mont_add(f, t, alpha, alpha);
    mont_add(f, alpha, alpha, t);
    mont_mul(f, r->z, a->y, a->z); // Z' = 2YZ
    mont_add(f, r->z, r->z, r->z);
    mont_add(f, beta, beta, beta); // beta = 4XY^2
    mont_add(f, beta, beta, beta);
    mont_mul(f, r->x, alpha, alpha); // X' = alpha^2 - 8XY^2
    mont_sub(f, r->x, r->x, beta);
    mont_sub(f, r->x, r->x, beta);
    mont_sub(f, beta, beta, r->x); // Y' = alpha * (4XY^2 - X') - 8Y^4
    mont_add(f, gamma, gamma, gamma);
    mont_mul(f, gamma, gamma, gamma);
    mont_add(f, gamma, gamma, gamma);
    mont_mul(f, r->y, alpha, beta);
    mont_sub(f, r->y, r->y, gamma);
}

// WINDOW bits of `k` from `bit` on; 0 beyond its end
static int window_at(const uint64_t *k, uint32_t bits, uint32_t bit, uint32_t width)
{
    int value = 0;

    for (uint32_t i = 0; i < width && bit + i < bits; i++) {
        value |= (int)((k[(bit + i) / 64] >> (bit + i) % 64) & 1) << i;
    }
    return value;
}

// Signed digits of `k`: each 0 or odd within ±(2^(WINDOW-1) - 1), at least WINDOW - 1 zeros after each
// one that is not 0
static void recode(int8_t digits[DIGITS], const uint64_t *k, uint32_t bits)
{
    int carry = 0;
    uint32_t bit = 0;

    memset(digits, 0, DIGITS);
    while (bit <= bits) {
        if (window_at(k, bits, bit, 1) == carry) {
            bit++;
            continue;
        }
        int value = window_at(k, bits, bit, WINDOW) + carry;

        carry = value >= 1 << (WINDOW - 1);
        digits[bit] = (int8_t)(value - carry * (1 << WINDOW));
        bit += WINDOW;
    }
}

// table[i] = (2i + 1) * p
static void odd_multiples(const struct ec *ec, struct ec_point table[TABLE],
                          const struct ec_point *p)
{
    struct ec_point twice;

    ec_double(ec, &twice, p);
    table[0] = *p;
    for (int i = 1; i < TABLE; i++) {
        ec_add(ec, &table[i], &table[i - 1], &twice);
    }
}

static void add_digit(const struct ec *ec, struct ec_point *r, const struct ec_point table[TABLE],
                      int digit)
{
    const uint64_t zero[EC_LIMBS] = { 0 };
    struct ec_point negative;

    if (digit > 0) {
        ec_add(ec, r, r, &table[digit / 2]);
    } else if (digit < 0) {
        negative = table[-digit / 2];
        mont_sub(&ec->field, negative.y, zero, negative.y);
        ec_add(ec, r, r, &negative);
    }
}

void ec_mul_add(const struct ec *ec, struct ec_point *r, const uint64_t *u, const uint64_t *v,
                const struct ec_point *q)
{
    uint32_t bits = 64 * ec->field.limbs;

    odd_multiples(ec, work.table[0], &ec->g);
    odd_multiples(ec, work.table[1], q);
    recode(work.digits[0], u, bits);
    recode(work.digits[1], v, bits);

    *r = (struct ec_point){ 0 }; // infinity: 0 : 1 : 0
    memcpy(r->y, ec->g.z, sizeof(r->y));
    for (uint32_t bit = bits + 1; bit-- != 0;) {
        ec_double(ec, r, r);
        add_digit(ec, r, work.table[0], work.digits[0][bit]);
        add_digit(ec, r, work.table[1], work.digits[1][bit]);
    }
}
