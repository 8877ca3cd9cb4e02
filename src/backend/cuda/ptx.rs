//! The kernels as text, one a family: `cuda/<family>.cu` compiled by `cuda/build`.

/// The families, and what each is embedded from.
macro_rules! families {
    ($($name:ident)*) => {
        /// The PTX of a family.
        pub(super) fn source(family: &str) -> Option<&'static str> {
            Some(match family {
                $(stringify!($name) => {
                    include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/cuda/ptx/", stringify!($name), ".ptx"))
                })*
                _ => return None,
            })
        }

        #[cfg(test)]
        const FAMILIES: &[&str] = &[$(stringify!($name)),*];
    };
}

families! {
    activation
    algebraic
    binary
    cast
    compare
    conv
    convert
    index
    loss
    manifold_euclidean
    manifold_half_space
    manifold_lorentz
    manifold_poincare
    manifold_solvable
    manifold_sphere
    manifold_stereographic
    matmul
    matmul_bf16
    matrix
    norm
    order
    random
    reduce
    softmax
    transcendental
    view
}

/// The text with no other kernel than `kernel`: all that the driver has to translate.
pub(super) fn alone(source: &str, kernel: &str) -> String {
    let (mut text, mut other) = (String::new(), false);
    for line in source.lines() {
        if let Some(entry) = line.strip_prefix(".visible .entry ") {
            other = entry.split('(').next() != Some(kernel);
        }
        if !other {
            text.push_str(line);
            text.push('\n');
        }
        other &= line != "}";
    }
    text
}

/// The bytes of each parameter of `kernel`, read from its declaration: `.entry kernel( .param .u64 a, .param .align 8 .b8
/// b[112], … )`.
pub(super) fn parameters(source: &str, kernel: &str) -> Option<Vec<usize>> {
    let start = source.split(".entry ").skip(1).find_map(|entry| entry.strip_prefix(kernel)?.strip_prefix('('))?;
    let declarations = start.split(')').next()?.split(',').map(str::trim).filter(|d| !d.is_empty());
    declarations.map(size).collect()
}

fn size(declaration: &str) -> Option<usize> {
    let count = match declaration.split_once('[') {
        Some((_, count)) => count.trim_end_matches(']').parse().ok()?,
        None => 1,
    };
    let bits = declaration.split_whitespace().find_map(|word| word.strip_prefix(['.'])?.get(1..)?.parse().ok());
    bits.map(|bits: usize| bits / 8 * count)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parameters_are_read_from_the_declaration() {
        let source = ".visible .entry long_name(\n)\n{ ret; }\n.visible .entry name(\n\t.param .u64 .ptr .align 1 name_param_0,\n\t.param \
                      .align 8 .b8 name_param_1[112],\n\t.param .f32 name_param_2\n)\n{ ret; }";
        assert_eq!(parameters(source, "name"), Some(vec![8, 112, 4]));
        assert_eq!(parameters(source, "long_name"), Some(vec![]));
        assert_eq!(parameters(source, "long"), None);
    }

    #[test]
    fn other_kernels_are_left_out() {
        let source =
            ".version 8.0\n.visible .entry a(\n)\n{\n\tret;\n}\n.func f()\n{\n\tret;\n}\n.visible .entry b()\n{\n}\n";
        assert_eq!(alone(source, "b"), ".version 8.0\n.func f()\n{\n\tret;\n}\n.visible .entry b()\n{\n}\n");
    }

    #[test]
    fn families_are_the_files_that_are_there() {
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/cuda");
        let mut files: Vec<String> = std::fs::read_dir(folder)
            .expect("the folder of kernels")
            .filter_map(|file| Some(file.ok()?.file_name().to_str()?.strip_suffix(".cu")?.to_owned()))
            .collect();
        files.sort_unstable();
        assert_eq!(files, FAMILIES);
    }
}
