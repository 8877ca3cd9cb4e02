//! C = α op(A) op(B) + β C of column-major matrices, number by number.

use crate::driver::{Driver, Failed};

/// The type of numbers in memory.
#[derive(Clone, Copy, PartialEq)]
pub enum Kind {
    F32,
    F64,
    Bf16,
}

/// A batch of column-major matrices: number (i, j) of matrix z is at `address` + (i + j · `leading` + z · `step`) · size.
#[derive(Clone, Copy)]
pub struct Matrix {
    pub address: u64,
    pub rows: usize,
    pub columns: usize,
    pub leading: usize,
    pub step: i64,
    /// Whether the product takes its transpose.
    pub turned: bool,
}

/// A product of m × k and k × n matrices.
pub struct Product {
    pub kind: Kind,
    pub sizes: [usize; 3],
    pub scales: [f64; 2],
    pub left: Matrix,
    pub right: Matrix,
    pub out: Matrix,
    pub batch: usize,
}

impl Kind {
    fn size(self) -> usize {
        match self {
            Kind::F32 => 4,
            Kind::F64 => 8,
            Kind::Bf16 => 2,
        }
    }

    fn decode(self, bytes: &[u8]) -> f64 {
        match (self, bytes) {
            (Kind::F32, &[a, b, c, d]) => f32::from_le_bytes([a, b, c, d]).into(),
            (Kind::Bf16, &[a, b]) => f32::from_le_bytes([0, 0, a, b]).into(),
            (Kind::F64, &[a, b, c, d, e, f, g, h]) => f64::from_le_bytes([a, b, c, d, e, f, g, h]),
            _ => unreachable!("numbers are cut by their size"),
        }
    }

    fn encode(self, x: f64, to: &mut Vec<u8>) {
        match self {
            Kind::F32 => to.extend((x as f32).to_le_bytes()),
            Kind::F64 => to.extend(x.to_le_bytes()),
            Kind::Bf16 => {
                let bits = (x as f32).to_bits();
                // To the nearest, ties to even; what is not a number stays so.
                let rounded = if x.is_nan() { bits | 0x40_0000 } else { bits + 0x7fff + (bits >> 16 & 1) };
                to.extend(&rounded.to_le_bytes()[2..]);
            }
        }
    }

    /// Rounded to the type of sums: f32, but f64 for f64.
    fn rounded(self, x: f64) -> f64 {
        if self == Kind::F64 { x } else { f64::from(x as f32) }
    }
}

impl Matrix {
    /// Where column `j` of matrix `z` begins.
    fn column(&self, kind: Kind, z: usize, j: usize) -> u64 {
        let numbers = (j * self.leading) as i64 + z as i64 * self.step;
        self.address.wrapping_add_signed(numbers * kind.size() as i64)
    }

    /// The numbers of matrix `z`, by columns without gaps. Gaps are not read.
    fn read(&self, driver: &Driver, kind: Kind, z: usize) -> Result<Vec<f64>, Failed> {
        let mut numbers = Vec::with_capacity(self.rows * self.columns);
        let mut bytes = vec![0; self.rows * kind.size()];
        for j in 0..self.columns {
            driver.read(self.column(kind, z, j), &mut bytes)?;
            numbers.extend(bytes.chunks_exact(kind.size()).map(|number| kind.decode(number)));
        }
        Ok(numbers)
    }

    fn write(&self, driver: &Driver, kind: Kind, z: usize, numbers: &[f64]) -> Result<(), Failed> {
        let mut bytes = Vec::new();
        for (j, column) in numbers.chunks_exact(self.rows).enumerate() {
            bytes.clear();
            column.iter().for_each(|&x| kind.encode(x, &mut bytes));
            driver.write(self.column(kind, z, j), &bytes)?;
        }
        Ok(())
    }

    /// Where number (i, j) of the matrix, or of its transpose, is in what `read` gives.
    fn place(&self, i: usize, j: usize) -> usize {
        if self.turned { j + i * self.rows } else { i + j * self.rows }
    }
}

impl Product {
    /// Computes it, now.
    pub fn run(&self, driver: &Driver) -> Result<(), Failed> {
        let Product { kind, sizes: [m, k, n], scales: [alpha, beta], left, right, out, batch } = self;
        if [*m, *n].contains(&0) {
            return Ok(());
        }
        for z in 0..*batch {
            let (a, b) = (left.read(driver, *kind, z)?, right.read(driver, *kind, z)?);
            // With β = 0 the result need not hold numbers before.
            let mut c = if *beta == 0.0 { vec![0.0; m * n] } else { out.read(driver, *kind, z)? };
            for j in 0..*n {
                for i in 0..*m {
                    let terms = (0..*k).map(|l| a[left.place(i, l)] * b[right.place(l, j)]);
                    let sum = terms.fold(0.0, |sum, term| kind.rounded(sum + term));
                    let number = &mut c[out.place(i, j)];
                    *number = kind.rounded(alpha * sum + if *beta == 0.0 { 0.0 } else { beta * *number });
                }
            }
            out.write(driver, *kind, z, &c)?;
        }
        Ok(())
    }
}
