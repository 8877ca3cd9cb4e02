//! Dual numbers x + ε ẋ, ε² = 0: arithmetic that carries a derivative in one direction.

use super::dd::Dd;
use super::wide::{Select, Wide};
use std::cmp::Ordering;
use std::ops::{Add, Div, Mul, Neg, Sub};

/// A double-double number and its derivative.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Dual {
    /// x.
    pub re: Dd,
    /// ẋ.
    pub du: Dd,
}

impl PartialOrd for Dual {
    fn partial_cmp(&self, o: &Dual) -> Option<Ordering> {
        self.re.partial_cmp(&o.re)
    }
}

impl Wide for Dual {
    const TERMS: usize = Dd::TERMS;
    const CARE: f64 = Dd::CARE;
    fn of(x: f64) -> Dual {
        Dual { re: Dd::of(x), du: Dd::of(0.0) }
    }
    fn value(self) -> f64 {
        self.re.value()
    }
    fn sqrt(self) -> Dual {
        let re = self.re.sqrt();
        Dual { re, du: self.du / (re * 2.0) }
    }
    fn exp(self) -> Dual {
        let re = self.re.exp();
        Dual { re, du: self.du * re }
    }
    fn ln(self) -> Dual {
        Dual { re: self.re.ln(), du: self.du / self.re }
    }
    fn accumulate(self, v: Dual) -> Dual {
        Dual { re: self.re.accumulate(v.re), du: self.du.accumulate(v.du) }
    }
    fn branch<R: Select>(self, limit: f64, below: impl FnOnce(Dual) -> R, above: impl FnOnce(Dual) -> R) -> R {
        if self.value() < limit { below(self) } else { above(self) }
    }
}

impl Neg for Dual {
    type Output = Dual;
    fn neg(self) -> Dual {
        Dual { re: -self.re, du: -self.du }
    }
}
impl Add for Dual {
    type Output = Dual;
    fn add(self, o: Dual) -> Dual {
        Dual { re: self.re + o.re, du: self.du + o.du }
    }
}
impl Sub for Dual {
    type Output = Dual;
    fn sub(self, o: Dual) -> Dual {
        self + -o
    }
}
impl Mul for Dual {
    type Output = Dual;
    fn mul(self, o: Dual) -> Dual {
        Dual { re: self.re * o.re, du: self.du * o.re + self.re * o.du }
    }
}
impl Div for Dual {
    type Output = Dual;
    fn div(self, o: Dual) -> Dual {
        let re = self.re / o.re;
        Dual { re, du: (self.du - re * o.du) / o.re }
    }
}
impl Add<f64> for Dual {
    type Output = Dual;
    fn add(self, o: f64) -> Dual {
        Dual { re: self.re + o, ..self }
    }
}
impl Sub<f64> for Dual {
    type Output = Dual;
    fn sub(self, o: f64) -> Dual {
        Dual { re: self.re - o, ..self }
    }
}
impl Mul<f64> for Dual {
    type Output = Dual;
    fn mul(self, o: f64) -> Dual {
        Dual { re: self.re * o, du: self.du * o }
    }
}
impl Div<f64> for Dual {
    type Output = Dual;
    fn div(self, o: f64) -> Dual {
        Dual { re: self.re / o, du: self.du / o }
    }
}
