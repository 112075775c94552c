// SPDX-License-Identifier: BSD-3-Clause
//
// Points of P-256 for secret scalars. See p256.h. Jacobian coordinates; formulas of the textbooks (Cohen, Miyaji, Ono 1998; doubling
// for a = -3), with the point at infinity chosen by masks. What these formulas cannot do, add a point to itself, does not happen:
//
// - p256_mul(): before the digit d of a window, -16 … 16, is added, the sum is 32 * s * q for a number s, and the scalar so far is
//   32 * s + d. Equal: 32 * s - d is a multiple of n. Below the last window that number is below n, so it would have to be 0: d = 0
//   and s = 0, infinity twice, which masks settle. In the last one it may be n as well: the scalar is then n + 2 * d, below n only
//   for a negative d; and d = 15 modulo 32 (n is 17 modulo 32), which no digit from -16 to -1 is.
// - p256_mul_base(): the sum and the table's point are sums of different powers of two times G, below 2^256; equal would mean that
//   the two numbers differ by n or are both 0. The table's are below 2^241. A sum of n or more has bit 240 set, and that one is
//   added last of all.
//
// Tables are read whole, and masks pick the entry.
#include "p256.h"

#include <string.h>

#include <mbedtls/platform_util.h>

#include "p256_private.h"

#define WINDOW 5 // bits of a digit of p256_mul()
#define WINDOWS ((256 + WINDOW - 1) / WINDOW)
#define MULTIPLES (1 << (WINDOW - 1))

static const uint64_t prime[P256_LIMBS] = { 0xffffffffffffffff, 0x00000000ffffffff,
                                            0x0000000000000000, 0xffffffff00000001 };
static const uint64_t order[P256_LIMBS] = { 0xf3b9cac2fc632551, 0xbce6faada7179e84,
                                            0xffffffffffffffff, 0xffffffff00000000 };
// 2^256 and 2^512 modulo p: 1 in Montgomery form, and what brings a number into it
static const uint64_t one[P256_LIMBS] = { 0x0000000000000001, 0xffffffff00000000,
                                          0xffffffffffffffff, 0x00000000fffffffe };
static const uint64_t enter[P256_LIMBS] = { 0x0000000000000003, 0xfffffffbffffffff,
                                            0xfffffffffffffffe, 0x00000004fffffffd };
// b of y^2 = x^3 - 3x + b, in Montgomery form
static const uint64_t curve_b[P256_LIMBS] = { 0xd89cdf6229c4bddf, 0xacf005cd78843090,
                                              0xe5a220abf7212ed6, 0xdc30061d04874834 };

// The compiler must take this for any number, so what follows from it stays arithmetic
static uint64_t hide(uint64_t value)
{
    volatile uint64_t hidden = value;

    return hidden;
}

// All ones if a = b, else 0
static uint64_t mask_equal(uint64_t a, uint64_t b)
{
    uint64_t difference = a ^ b;

    return hide(((difference | (0 - difference)) >> 63) - 1);
}

uint64_t p256_mask_zero(const uint64_t a[P256_LIMBS])
{
    return mask_equal(a[0] | a[1] | a[2] | a[3], 0);
}

void p256_select(uint64_t r[P256_LIMBS], const uint64_t a[P256_LIMBS], uint64_t mask)
{
    for (int i = 0; i < P256_LIMBS; i++) {
        r[i] ^= (r[i] ^ a[i]) & mask;
    }
}

uint64_t p256_add_limbs(uint64_t r[P256_LIMBS], const uint64_t a[P256_LIMBS],
                        const uint64_t b[P256_LIMBS])
{
    unsigned __int128 sum = 0;

    for (int i = 0; i < P256_LIMBS; i++) {
        sum += (unsigned __int128)a[i] + b[i];
        r[i] = (uint64_t)sum;
        sum >>= 64;
    }
    return (uint64_t)sum;
}

uint64_t p256_sub_limbs(uint64_t r[P256_LIMBS], const uint64_t a[P256_LIMBS],
                        const uint64_t b[P256_LIMBS])
{
    uint64_t borrow = 0;

    for (int i = 0; i < P256_LIMBS; i++) {
        unsigned __int128 difference = (unsigned __int128)a[i] - b[i] - borrow;

        r[i] = (uint64_t)difference;
        borrow = (uint64_t)(difference >> 64) & 1;
    }
    return borrow;
}

void p256_read(uint64_t r[P256_LIMBS], const uint8_t bytes[P256_BYTES])
{
    for (int i = 0; i < P256_LIMBS; i++) {
        uint64_t limb;

        memcpy(&limb, bytes + P256_BYTES - 8 * (i + 1), sizeof(limb));
        r[i] = __builtin_bswap64(limb);
    }
}

void p256_write(uint8_t bytes[P256_BYTES], const uint64_t a[P256_LIMBS])
{
    for (int i = 0; i < P256_LIMBS; i++) {
        uint64_t limb = __builtin_bswap64(a[i]);

        memcpy(bytes + P256_BYTES - 8 * (i + 1), &limb, sizeof(limb));
    }
}

static void copy(uint64_t r[P256_LIMBS], const uint64_t a[P256_LIMBS])
{
    memcpy(r, a, P256_LIMBS * sizeof(*r));
}

// r = a where the mask is all ones
static void select_point(struct p256_point *r, const struct p256_point *a, uint64_t mask)
{
    p256_select(r->x, a->x, mask);
    p256_select(r->y, a->y, mask);
    p256_select(r->z, a->z, mask);
}

static void twice(uint64_t r[P256_LIMBS], const uint64_t a[P256_LIMBS])
{
    p256_field_add(r, a, a);
}

// 1/a = a^(p - 2), by four bits of the exponent at a time; the exponent is no secret. 0 for a = 0
static void invert(uint64_t r[P256_LIMBS], const uint64_t a[P256_LIMBS])
{
    uint64_t power[16][P256_LIMBS];
    uint64_t sum[P256_LIMBS];

    copy(power[0], one);
    for (int i = 1; i < 16; i++) {
        p256_field_mul(power[i], power[i - 1], a);
    }
    copy(sum, one);
    for (int nibble = 63; nibble >= 0; nibble--) {
        uint64_t limb = prime[nibble / 16] - (nibble < 16 ? 2 : 0);
        unsigned int value = (limb >> 4 * (nibble % 16)) & 0xf;

        for (int i = 0; i < 4; i++) {
            p256_field_sqr(sum, sum);
        }
        if (value != 0) {
            p256_field_mul(sum, sum, power[value]);
        }
    }
    copy(r, sum);
    mbedtls_platform_zeroize(power, sizeof(power));
    mbedtls_platform_zeroize(sum, sizeof(sum));
}

// y^2 = x^3 - 3x + b, in Montgomery form
static bool on_curve(const uint64_t x[P256_LIMBS], const uint64_t y[P256_LIMBS])
{
    uint64_t left[P256_LIMBS];
    uint64_t right[P256_LIMBS];
    uint64_t three[P256_LIMBS];

    twice(three, x);
    p256_field_add(three, three, x);
    p256_field_sqr(right, x);
    p256_field_mul(right, right, x);
    p256_field_sub(right, right, three);
    p256_field_add(right, right, curve_b);
    p256_field_sqr(left, y);
    p256_field_sub(left, left, right);
    mbedtls_platform_zeroize(right, sizeof(right)); // of a shared secret, too
    mbedtls_platform_zeroize(three, sizeof(three));
    return p256_mask_zero(left) != 0;
}

bool p256_read_point(struct p256_point *p, const uint8_t bytes[2 * P256_BYTES])
{
    uint64_t unused[P256_LIMBS];

    p256_read(p->x, bytes);
    p256_read(p->y, bytes + P256_BYTES);
    if (p256_sub_limbs(unused, p->x, prime) == 0 || p256_sub_limbs(unused, p->y, prime) == 0) {
        return false;
    }
    p256_field_mul(p->x, p->x, enter);
    p256_field_mul(p->y, p->y, enter);
    copy(p->z, one);
    return on_curve(p->x, p->y);
}

bool p256_write_point(uint8_t bytes[2 * P256_BYTES], const struct p256_point *p)
{
    const uint64_t plain_one[P256_LIMBS] = { 1 };
    uint64_t inverse[P256_LIMBS];
    uint64_t square[P256_LIMBS];
    uint64_t x[P256_LIMBS];
    uint64_t y[P256_LIMBS];
    bool good = p256_mask_zero(p->z) == 0;

    invert(inverse, p->z);
    p256_field_sqr(square, inverse);
    p256_field_mul(x, p->x, square);
    p256_field_mul(y, p->y, square);
    p256_field_mul(y, y, inverse);
    good = on_curve(x, y) && good;
    p256_field_mul(x, x, plain_one);
    p256_field_mul(y, y, plain_one);
    p256_write(bytes, x);
    p256_write(bytes + P256_BYTES, y);
    if (!good) {
        memset(bytes, 0, 2 * P256_BYTES);
    }
    mbedtls_platform_zeroize(inverse, sizeof(inverse));
    mbedtls_platform_zeroize(square, sizeof(square));
    mbedtls_platform_zeroize(x, sizeof(x));
    mbedtls_platform_zeroize(y, sizeof(y));
    return good;
}

// r = 2 * a; infinity stays infinity. r may be a. There is no point of order 2
static void double_point(struct p256_point *r, const struct p256_point *a)
{
    uint64_t delta[P256_LIMBS], gamma[P256_LIMBS], beta[P256_LIMBS], alpha[P256_LIMBS];
    uint64_t t[P256_LIMBS];

    p256_field_sqr(delta, a->z); // Z^2
    p256_field_sqr(gamma, a->y); // Y^2
    p256_field_mul(beta, a->x, gamma);
    p256_field_sub(alpha, a->x, delta); // 3 * (X - Z^2) * (X + Z^2)
    p256_field_add(t, a->x, delta);
    p256_field_mul(alpha, alpha, t);
    twice(t, alpha);
    p256_field_add(alpha, alpha, t);

    p256_field_mul(r->z, a->y, a->z); // Z' = 2YZ
    twice(r->z, r->z);
    twice(beta, beta);
    twice(beta, beta); // 4XY^2
    p256_field_sqr(r->x, alpha);
    p256_field_sub(r->x, r->x, beta); // X' = alpha^2 - 8XY^2
    p256_field_sub(r->x, r->x, beta);
    p256_field_sub(beta, beta, r->x);
    twice(gamma, gamma);
    p256_field_sqr(gamma, gamma); // 4Y^4
    twice(gamma, gamma);
    p256_field_mul(r->y, alpha, beta);
    p256_field_sub(r->y, r->y, gamma); // Y' = alpha * (4XY^2 - X') - 8Y^4
}

// What the two additions end with: u1, s1 are X and Y of `a` and h, s are what is between them and those of the other
// point, all for the same denominator; z is h times both Zs
static void finish_add(struct p256_point *r, const uint64_t u1[P256_LIMBS],
                       const uint64_t s1[P256_LIMBS], const uint64_t h[P256_LIMBS],
                       const uint64_t s[P256_LIMBS])
{
    uint64_t square[P256_LIMBS], cube[P256_LIMBS], v[P256_LIMBS];

    p256_field_sqr(square, h);
    p256_field_mul(cube, square, h);
    p256_field_mul(v, u1, square);
    p256_field_sqr(r->x, s); // X' = s^2 - h^3 - 2 * u1 * h^2
    p256_field_sub(r->x, r->x, cube);
    p256_field_sub(r->x, r->x, v);
    p256_field_sub(r->x, r->x, v);
    p256_field_sub(v, v, r->x); // Y' = s * (u1 * h^2 - X') - s1 * h^3
    p256_field_mul(v, v, s);
    p256_field_mul(cube, cube, s1);
    p256_field_sub(r->y, v, cube);
}

// r = a + b; false, and r is of no use, if a = b and not infinity. r may be a or b
static bool add_different(struct p256_point *r, const struct p256_point *a,
                          const struct p256_point *b)
{
    uint64_t u1[P256_LIMBS], s1[P256_LIMBS], h[P256_LIMBS], s[P256_LIMBS], t[P256_LIMBS];
    struct p256_point sum;
    uint64_t no_a = p256_mask_zero(a->z);
    uint64_t no_b = p256_mask_zero(b->z);

    p256_field_sqr(t, b->z);
    p256_field_mul(u1, a->x, t);
    p256_field_mul(t, t, b->z);
    p256_field_mul(s1, a->y, t);
    p256_field_sqr(t, a->z);
    p256_field_mul(h, b->x, t);
    p256_field_mul(t, t, a->z);
    p256_field_mul(s, b->y, t);
    p256_field_sub(h, h, u1);
    p256_field_sub(s, s, s1);
    uint64_t same = p256_mask_zero(h) & p256_mask_zero(s) & ~no_a & ~no_b;

    p256_field_mul(sum.z, a->z, b->z);
    p256_field_mul(sum.z, sum.z, h);
    finish_add(&sum, u1, s1, h, s);
    select_point(&sum, b, no_a);
    select_point(&sum, a, no_b);
    *r = sum;
    mbedtls_platform_zeroize(&sum, sizeof(sum));
    mbedtls_platform_zeroize(h, sizeof(h)); // from which the sum follows
    mbedtls_platform_zeroize(s, sizeof(s));
    return same == 0;
}

void p256_add(struct p256_point *r, const struct p256_point *a, const struct p256_point *b)
{
    struct p256_point sum;

    if (!add_different(&sum, a, b)) {
        double_point(&sum, a);
    }
    *r = sum;
}

// r = r + b; b of the table, and infinity if it is (0, 0), which is no point of the curve
static void add_affine(struct p256_point *r, const struct p256_affine *b)
{
    uint64_t h[P256_LIMBS], s[P256_LIMBS], t[P256_LIMBS];
    struct p256_point sum;
    struct p256_point other;
    uint64_t no_a = p256_mask_zero(r->z);
    uint64_t no_b = p256_mask_zero(b->x) & p256_mask_zero(b->y);

    copy(other.x, b->x);
    copy(other.y, b->y);
    copy(other.z, one);
    p256_field_sqr(t, r->z);
    p256_field_mul(h, b->x, t);
    p256_field_mul(t, t, r->z);
    p256_field_mul(s, b->y, t);
    p256_field_sub(h, h, r->x);
    p256_field_sub(s, s, r->y);
    p256_field_mul(sum.z, r->z, h);
    finish_add(&sum, r->x, r->y, h, s);
    select_point(&sum, &other, no_a);
    select_point(&sum, r, no_b);
    *r = sum;
    mbedtls_platform_zeroize(&sum, sizeof(sum));
    mbedtls_platform_zeroize(&other, sizeof(other)); // says which one it was
    mbedtls_platform_zeroize(h, sizeof(h));
    mbedtls_platform_zeroize(s, sizeof(s));
}

// The comb's digit of a column: bit `column` of each limb; then the table's point for it, (0, 0) for 0
static void look_up(struct p256_affine *r, const struct p256_affine table[P256_COMB_POINTS],
                    const uint64_t k[P256_LIMBS], int column)
{
    uint64_t digit = 0;

    for (int i = 0; i < P256_COMB_TEETH; i++) {
        digit |= ((k[i] >> column) & 1) << i;
    }
    *r = (struct p256_affine){ 0 };
    for (int i = 0; i < P256_COMB_POINTS; i++) {
        uint64_t mask = mask_equal(digit, (uint64_t)i + 1);

        for (int j = 0; j < P256_LIMBS; j++) {
            r->x[j] |= table[i].x[j] & mask;
            r->y[j] |= table[i].y[j] & mask;
        }
    }
}

void p256_mul_base(struct p256_point *r, const uint64_t k[P256_LIMBS])
{
    struct p256_affine part;

    *r = (struct p256_point){ 0 };
    for (int column = P256_COMB_COLUMNS - 1; column >= 0; column--) {
        double_point(r, r);
        for (int block = 0; block < P256_COMB_BLOCKS; block++) {
            look_up(&part, p256_comb[block], k, P256_COMB_COLUMNS * block + column);
            add_affine(r, &part);
        }
    }
    mbedtls_platform_zeroize(&part, sizeof(part));
}

// The digit of a window in -16 … 16, as its amount and all ones if it is negative: five bits of the scalar, and the one below
// them is carried in, its weight being half of theirs
static uint64_t digit_of(const uint64_t k[P256_LIMBS], int window, uint64_t *negative)
{
    int bit = WINDOW * window - 1;
    uint64_t bits = 0;

    for (int i = bit < 0 ? 1 : 0; i <= WINDOW && bit + i < 256; i++) {
        bits |= ((k[(bit + i) / 64] >> (bit + i) % 64) & 1) << i;
    }
    uint64_t amount = (bits + 1) >> 1;

    *negative = hide(0 - (bits >> WINDOW));
    return amount ^ ((amount ^ ((2 * MULTIPLES) - amount)) & *negative);
}

// r = digit * q, of table[i] = (i + 1) * q
static void pick(struct p256_point *r, const struct p256_point table[MULTIPLES], uint64_t digit,
                 uint64_t negative)
{
    const uint64_t zero[P256_LIMBS] = { 0 };
    uint64_t minus_y[P256_LIMBS];

    *r = (struct p256_point){ 0 };
    for (int i = 0; i < MULTIPLES; i++) {
        uint64_t mask = mask_equal(digit, (uint64_t)i + 1);

        for (int j = 0; j < P256_LIMBS; j++) {
            r->x[j] |= table[i].x[j] & mask;
            r->y[j] |= table[i].y[j] & mask;
            r->z[j] |= table[i].z[j] & mask;
        }
    }
    p256_field_sub(minus_y, zero, r->y);
    p256_select(r->y, minus_y, negative);
}

void p256_mul(struct p256_point *r, const uint64_t k[P256_LIMBS], const struct p256_point *q)
{
    static struct p256_point table[MULTIPLES]; // too much for a stack, and no secret
    struct p256_point sum = { 0 };
    struct p256_point part;

    table[0] = *q;
    for (int i = 1; i < MULTIPLES;
         i++) { // even multiples by doubling, odd ones are of different points
        if (i % 2 != 0) {
            double_point(&table[i], &table[i / 2]);
        } else {
            (void)add_different(&table[i], &table[i - 1], q);
        }
    }
    for (int window = WINDOWS - 1; window >= 0; window--) {
        uint64_t negative;
        uint64_t digit = digit_of(k, window, &negative);

        for (int i = 0; i < WINDOW; i++) {
            double_point(&sum, &sum);
        }
        pick(&part, table, digit, negative);
        (void)add_different(&sum, &sum, &part);
    }
    *r = sum;
    mbedtls_platform_zeroize(&sum, sizeof(sum));
    mbedtls_platform_zeroize(&part, sizeof(part));
}

bool p256_x_is(const struct p256_point *p, const uint64_t x[P256_LIMBS])
{
    uint64_t square[P256_LIMBS];
    uint64_t wanted[P256_LIMBS];
    uint64_t unused[P256_LIMBS];

    if (p256_mask_zero(p->z) != 0) {
        return false;
    }
    p256_field_sqr(square, p->z);
    p256_field_mul(wanted, x, enter);
    p256_field_mul(wanted, wanted, square);
    if (memcmp(wanted, p->x, sizeof(wanted)) == 0) {
        return true;
    }
    // The other number below p that is x modulo n, if there is one: n < p < 2n
    if (p256_add_limbs(wanted, x, order) != 0 || p256_sub_limbs(unused, wanted, prime) == 0) {
        return false;
    }
    p256_field_mul(wanted, wanted, enter);
    p256_field_mul(wanted, wanted, square);
    return memcmp(wanted, p->x, sizeof(wanted)) == 0;
}
