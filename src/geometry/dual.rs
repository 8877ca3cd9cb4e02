//! Dual numbers x + ε ẋ, ε² = 0: arithmetic that carries a derivative in one direction.

use super::dd::Dd;
use super::wide::{Function, Wide};
use std::ops::{Add, Div, Mul, Neg, Sub};

/// A double-double number and its derivative.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Dual {
    /// x.
    pub re: Dd,
    /// ẋ.
    pub du: Dd,
}

impl Wide for Dual {
    const TERMS: usize = Dd::TERMS;
    const SIGNED: bool = Dd::SIGNED;
    const CARE: f64 = Dd::CARE;
    fn of(x: f64) -> Dual {
        Dual { re: Dd::of(x), du: Dd::of(0.0) }
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
    fn sin_cos(self) -> (Dual, Dual) {
        let (sin, cos) = self.re.sin_cos();
        (Dual { re: sin, du: self.du * cos }, Dual { re: cos, du: -(self.du * sin) })
    }
    fn atan2(self, x: Dual) -> Dual {
        let square = x.re * x.re + self.re * self.re;
        Dual { re: self.re.atan2(x.re), du: (x.re * self.du - self.re * x.du) / square }
    }
    fn accumulate(self, v: Dual) -> Dual {
        Dual { re: self.re.accumulate(v.re), du: self.du.accumulate(v.du) }
    }
    fn below(self, limit: f64) -> Option<bool> {
        self.re.below(limit)
    }
    fn if_below(self, limit: Dual, a: Dual, b: Dual) -> Dual {
        if self.re.hi < limit.re.hi { a } else { b }
    }
    fn apply<F: Function<Dual>>(self) -> F::Output {
        F::at(self)
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
