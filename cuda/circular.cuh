// Sine and cosine of any f64. The device's own functions keep the digits of huge arguments in memory of the thread, which
// costs every call; these keep them in registers. Constants and steps are those of src/backend/cpu/vmath/trig.rs.
#pragma once
#include "element.cuh"

struct Pair {
    f64 high, low;
};

DEVICE Pair two_sum(f64 a, f64 b) {
    f64 s = a + b, t = s - a;
    return {s, (a - (s - t)) + (b - t)};
}

template <int N>
DEVICE f64 polynomial(f64 x, const f64 (&c)[N]) {
    f64 p = c[N - 1];
#pragma unroll
    for (int i = N - 2; i >= 0; i--) p = fma(p, x, c[i]);
    return p;
}

// sin(r + quadrant π/2), |r| ≤ π/4 (FreeBSD msun k_sin.c, k_cos.c).
DEVICE f64 quarter(Pair r, u64 quadrant) {
    const f64 SIN[] = {-0.16666666666666632,   0.008333333333322316,    -0.000198412698297253,
                       2.7557313662085075e-06, -2.5050753268556588e-08, 1.5896505174950777e-10};
    const f64 COS[] = {0.0416666666666666,      -0.001388888888887399,  2.4801587289394957e-05,
                       -2.7557314326037787e-07, 2.0875719559560357e-09, -1.1359448720946275e-11};
    f64 y = r.high * r.high, half = 0.5 * y, near_one = 1 - half;
    f64 sine = r.high + fma(r.high * y, polynomial(y, SIN), r.low * near_one);
    f64 tail = fma(y * y, polynomial(y, COS), -(r.high * r.low));
    f64 cosine = near_one + ((1 - near_one - half) + tail);
    f64 value = quadrant & 1 ? cosine : sine;
    return quadrant & 2 ? -value : value;
}

// The first 1216 bits of 2/π after 64 zeros.
__constant__ u64 TWO_OVER_PI[20] = {
    0x0000000000000000, 0xa2f9836e4e441529, 0xfc2757d1f534ddc0, 0xdb6295993c439041, 0xfe5163abdebbc561,
    0xb7246e3a424dd2e0, 0x06492eea09d1921c, 0xfe1deb1cb129a73e, 0xe88235f52ebb4484, 0xe99c7026b45f7e41,
    0x3991d639835339f4, 0x9c845f8bbdf9283b, 0x1ff897ffde05980f, 0xef2f118b5a0a6d1f, 0x6d367ecf27cb09b7,
    0x4f463f669e5fea2d, 0x7527bac7ebe5f17b, 0x3d0739f78a5292ea, 0x6bfb5fb11f8d5d08, 0x56033046fc7b6bab};

// Bits `shift` … `shift + 63` of (a, b).
DEVICE u64 window(u64 a, u64 b, u32 shift) {
    return shift == 0 ? a : a << shift | b >> (64 - shift);
}

// x ≥ 2²⁰ as (quadrant + 4 i) π/2 + r (Payne & Hanek 1983): x = m 2ᵉ with an integer m, of which 192 bits of 2/π matter.
DEVICE u64 reduce_far(f64 x, Pair& r) {
    u64 bits = __double_as_longlong(x);
    u64 m = (bits & 0x000fffffffffffff) | 0x0010000000000000;
    u32 e = u32(bits >> 52) + 62 - 1075, word = e / 64, shift = e % 64;
    u64 a = TWO_OVER_PI[word], b = TWO_OVER_PI[word + 1], c = TWO_OVER_PI[word + 2], d = TWO_OVER_PI[word + 3];
    u64 w0 = window(a, b, shift), w1 = window(b, c, shift), w2 = window(c, d, shift);
    // m · (w0, w1, w2) modulo 2¹⁹².
    u64 low = m * w2, middle = m * w1 + __umul64hi(m, w2);
    u64 carry = middle < m * w1;
    u64 head = m * w0 + __umul64hi(m, w1) + carry;
    // Two bits of quadrant, the rest a fraction; one of at least ½ belongs to the next quadrant, negative.
    u64 quadrant = head >> 62;
    u64 f2 = window(head, middle, 2), f1 = window(middle, low, 2), f0 = low << 2;
    bool negative = f2 >> 63;
    if (negative) {
        quadrant += 1;
        f0 = 0 - f0;
        f1 = ~f1 + (f0 == 0);
        f2 = ~f2 + (f0 == 0 && f1 == 0);
    }
    u32 lead = __clzll(f2);
    u64 high = window(f2, f1, lead), rest = window(f1, f0, lead);
    f64 unit = __longlong_as_double(u64(1023 - 53 - lead) << 52);
    f64 h = f64(high >> 11) * unit;
    f64 l = f64((high << 53 | rest >> 11) >> 11) * unit * 1.1102230246251565e-16;
    const f64 HALF_PI = 1.5707963267948966;
    f64 p = h * HALF_PI, error = fma(h, HALF_PI, -p);
    r = two_sum(p, error + h * 6.123233995736766e-17 + l * HALF_PI);
    if (negative) r = {-r.high, -r.low};
    return quadrant;
}

// sin(x + turn π/2).
DEVICE f64 circular(f64 x, u64 turn) {
    f64 size = fabs(x);
    if (size > 1048576) {
        if (isinf(x)) return x - x;
        Pair r;
        u64 quadrant = reduce_far(size, r);
        // sin is odd, cos even: −x turns the quadrant and the rest around.
        return x > 0 ? quarter(r, quadrant + turn) : quarter({-r.high, -r.low}, turn - quadrant);
    }
    // x − k π/2, subtracting the parts of π/2 in turn (Cody & Waite).
    f64 k = rint(x * 0.6366197723675814);
    Pair a = two_sum(x - k * 1.5707963267341256, -k * 6.077100506303966e-11);
    Pair b = two_sum(a.high, -k * 2.0222662487111665e-21);
    f64 value = quarter(two_sum(b.high, fma(-k, 8.4784276603689e-32, a.low + b.low)), u64(i64(k)) + turn);
    return x == 0 && turn == 0 ? x : value;
}
