//! Placeholder
pub trait Kernel {
    type Output;
    fn run<const FMA: bool>(self) -> Self::Output;
}
pub fn dispatch<K: Kernel>(k: K) -> K::Output {
    k.run::<false>()
}
pub fn level() -> &'static str {
    "baseline"
}
