//! Counter-based random numbers: value = f(seed, stream, index), the same on every device and thread count.
//!
//! The generator is Philox 4×32-10 (Salmon, Moraes, Dror, Shaw, "Parallel random numbers: as easy as 1, 2, 3", SC 2011):
//! the key is the seed; the counter holds the stream and the index of the draw.

/// A stream of random numbers addressed by index.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rng {
    seed: u64,
    stream: u64,
}

impl Rng {
    /// Stream 0 of `seed`.
    pub fn new(seed: u64) -> Rng {
        Rng { seed, stream: 0 }
    }

    /// Another, independent stream of the same seed.
    pub fn stream(self, stream: u64) -> Rng {
        Rng { stream, ..self }
    }

    /// The stream that belongs to `index` of this one: a tree of streams.
    pub fn derive(self, index: u64) -> Rng {
        // Under another key, so that no stream is made of numbers that are drawn elsewhere.
        let stream = Rng { seed: !self.seed, ..self }.u64(index);
        Rng { stream, ..self }
    }

    /// The stream that belongs to a name.
    pub fn named(self, name: &str) -> Rng {
        // FNV-1a, 64 bits: names become numbers, which `derive` scatters.
        let hash =
            name.bytes().fold(0xcbf2_9ce4_8422_2325, |h: u64, b| (h ^ u64::from(b)).wrapping_mul(0x100_0000_01b3));
        self.derive(hash)
    }

    /// Seed and stream, for a kernel that draws the same numbers.
    pub(crate) fn key(self) -> [u64; 2] {
        [self.seed, self.stream]
    }

    /// 128 random bits at `index`.
    #[inline]
    pub fn bits(&self, index: u64) -> [u32; 4] {
        let mut c = [index as u32, (index >> 32) as u32, self.stream as u32, (self.stream >> 32) as u32];
        let mut k = [self.seed as u32, (self.seed >> 32) as u32];
        for _ in 0..10 {
            let p0 = 0xD251_1F53_u64 * u64::from(c[0]);
            let p1 = 0xCD9E_8D57_u64 * u64::from(c[2]);
            c = [(p1 >> 32) as u32 ^ c[1] ^ k[0], p1 as u32, (p0 >> 32) as u32 ^ c[3] ^ k[1], p0 as u32];
            k = [k[0].wrapping_add(0x9E37_79B9), k[1].wrapping_add(0xBB67_AE85)];
        }
        c
    }

    /// 64 random bits at `index`.
    #[inline]
    pub fn u64(&self, index: u64) -> u64 {
        let [a, b, ..] = self.bits(index);
        u64::from(a) | u64::from(b) << 32
    }

    /// Uniform in [0, 1), a multiple of 2⁻⁵³.
    #[inline]
    pub fn uniform(&self, index: u64) -> f64 {
        unit(self.u64(index))
    }

    /// Standard normal (Box–Muller on the two halves of the draw).
    #[inline]
    pub fn normal(&self, index: u64) -> f64 {
        let [a, b, c, d] = self.bits(index);
        // 1 − u lies in (0, 1], so the logarithm is finite.
        let radius = (-2.0 * (1.0 - unit(u64::from(a) | u64::from(b) << 32)).ln()).sqrt();
        radius * (std::f64::consts::TAU * unit(u64::from(c) | u64::from(d) << 32)).cos()
    }

    /// Uniform in 0..n. The bias is below n · 2⁻⁶⁴.
    ///
    /// # Panics
    /// If n is 0: there is nothing to draw.
    #[inline]
    pub fn below(&self, index: u64, n: u64) -> u64 {
        assert!(n > 0, "Rng::below: cannot draw from an empty range");
        ((u128::from(self.u64(index)) * u128::from(n)) >> 64) as u64
    }

    /// A random order of 0..n (Fisher–Yates; draws indices 0..n of this stream).
    pub fn permutation(&self, n: usize) -> Vec<u32> {
        let mut order: Vec<u32> = (0..n as u32).collect();
        for i in (1..n).rev() {
            order.swap(i, self.below(i as u64, i as u64 + 1) as usize);
        }
        order
    }
}

fn unit(bits: u64) -> f64 {
    (bits >> 11) as f64 * (1.0 / (1u64 << 53) as f64)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn philox_known_answers() {
        // From the Random123 distribution (kat_vectors): all zero, and the digits of pi.
        assert_eq!(Rng::new(0).bits(0), [0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8]);
        let pi = Rng { seed: 0x299f31d0_a4093822, stream: 0x03707344_13198a2e };
        assert_eq!(pi.bits(0x85a308d3_243f6a88), [0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1]);
    }

    #[test]
    fn moments_and_ranges() {
        let rng = Rng::new(7).stream(3);
        let n = 100_000;
        let (mut sum, mut square, mut mean) = (0.0, 0.0, 0.0);
        for i in 0..n {
            let z = rng.normal(i);
            sum += z;
            square += z * z;
            mean += rng.uniform(i);
            assert!(rng.below(i, 7) < 7);
        }
        let n = n as f64;
        assert!((sum / n).abs() < 0.02 && (square / n - 1.0).abs() < 0.03 && (mean / n - 0.5).abs() < 0.01);
        let mut order = rng.permutation(1000);
        assert_ne!(order[..10], [0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
        order.sort_unstable();
        assert!(order.iter().enumerate().all(|(i, &v)| i == v as usize));
    }
}
