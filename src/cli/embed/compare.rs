//! `--compare`: several spaces, trained with the same settings, side by side.

use super::folder::Folder;
use super::space::{Space, list};
use super::training::Training;
use super::{Args, Quality, bad};
use crate::Result;
use crate::cli::{Outcome, interrupt};
use crate::models::Settings;
use serde_json::{Map, Value, json};

/// One measured number: its name in JSON, its heading, digits after the point.
type Column = (&'static str, &'static str, usize);

const COLUMNS: [Column; 5] = [
    ("map", "MAP", 4),
    ("mean_rank", "mean rank", 3),
    ("heldout_map", "held-out MAP", 4),
    ("heldout_mean_rank", "held-out rank", 3),
    ("cpu_seconds", "CPU s", 1),
];

/// A space, and what was measured with each seed; columns as in [`COLUMNS`].
struct Row {
    name: String,
    dim: usize,
    lr: f64,
    parameters: usize,
    runs: Vec<[Option<f64>; COLUMNS.len()]>,
}

/// Trains all, prints the table, and writes it as JSON. Stopped by Ctrl-C, it goes on with `--resume` where it was.
pub(super) fn run(args: &Args, text: &str) -> Result<Outcome> {
    let stop = interrupt::listen();
    let names = list(text);
    if names.is_empty() {
        return Err(bad(format!("no space in {text:?}"), "give a list, as 'e5,h5,\"h3,e2\"'"));
    }
    if args.seeds == 0 {
        return Err(bad("0 seeds".into(), "give at least 1"));
    }
    let mut plan: Vec<(&str, Vec<Settings>)> = vec![];
    for name in &names {
        if plan.iter().any(|(other, _)| other == name) {
            return Err(bad(format!("{name} is there twice"), "name each space once"));
        }
        let space = Space::new(name, None, None)?;
        let seeds = (0..args.seeds).map(|i| args.settings(&space, args.seed.wrapping_add(i)));
        plan.push((name, seeds.collect::<Result<_>>()?));
    }
    let device = args.device()?;
    let hierarchy = args.hierarchy()?.closure();
    let widest = plan.iter().flat_map(|(_, runs)| runs).map(|settings| settings.dim).max().unwrap_or(0);
    let folder = Folder::prepare(&args.out, &hierarchy, widest)?;
    let (nodes, pairs) = (hierarchy.len(), hierarchy.edges().len());
    println!("{nodes} nodes, {pairs} pairs; {} spaces, {} seeds, {} epochs", plan.len(), args.seeds, args.epochs);

    let mut rows = vec![];
    for (name, runs) in &plan {
        let (dim, lr) = (runs[0].dim, runs[0].lr);
        let curvatures = if args.learn_curvature { runs[0].manifold.curved().len() } else { 0 };
        let parameters = nodes * dim + curvatures;
        let mut row = Row { name: (*name).to_owned(), dim, lr, parameters, runs: vec![] };
        for settings in runs {
            let title = format!("{name}, seed {}", settings.seed);
            let checkpoint = folder.checkpoint_of(&title);
            let resume = args.resume && checkpoint.exists();
            let training =
                Training { hierarchy: &hierarchy, settings, epochs: args.epochs, checkpoint, device: &device };
            let begun = training.begin(resume)?;
            let Some(trained) = training.run(begun, &format!("{title}  "), &stop)? else {
                return Ok(Outcome::Interrupted);
            };
            let embeddings = trained.trainer.embeddings()?;
            let Quality { all, heldout } = Quality::measure(&trained.trainer, &embeddings, &hierarchy, &args.cpu())?;
            row.runs.push([
                Some(all.map),
                Some(all.mean_rank),
                heldout.map(|h| h.map),
                heldout.map(|h| h.mean_rank),
                Some(trained.cpu_seconds),
            ]);
        }
        rows.push(row);
    }
    print!("{}", table(&rows));
    let report = Value::Array(rows.iter().map(Row::json).collect());
    folder.write_comparison(&report)?;
    if args.json {
        println!("{report}");
    }
    Ok(Outcome::Passed)
}

impl Row {
    /// Mean and standard deviation (of one run: none) of a column, if it was measured.
    fn statistics(&self, column: usize) -> Option<(f64, Option<f64>)> {
        let values: Vec<f64> = self.runs.iter().filter_map(|run| run[column]).collect();
        let n = values.len() as f64;
        let mean = values.iter().sum::<f64>() / n;
        let squares = values.iter().map(|x| (x - mean) * (x - mean)).sum::<f64>();
        (n > 0.0).then(|| (mean, (n > 1.0).then(|| (squares / (n - 1.0)).sqrt())))
    }

    fn json(&self) -> Value {
        let mut object = Map::new();
        object.insert("manifold".into(), json!(self.name));
        object.insert("dim".into(), json!(self.dim));
        object.insert("lr".into(), json!(self.lr));
        object.insert("parameters".into(), json!(self.parameters));
        object.insert("seeds".into(), json!(self.runs.len()));
        for (column, (key, ..)) in COLUMNS.iter().enumerate() {
            let Some((mean, deviation)) = self.statistics(column) else { continue };
            object.insert((*key).into(), json!(mean));
            if let Some(deviation) = deviation {
                object.insert(format!("{key}_sd"), json!(deviation));
            }
        }
        Value::Object(object)
    }
}

/// Aligned columns with a heading; what was not measured has none.
fn table(rows: &[Row]) -> String {
    let measured: Vec<usize> =
        (0..COLUMNS.len()).filter(|&column| rows.iter().any(|row| row.statistics(column).is_some())).collect();
    let heading = ["space", "lr", "parameters"].into_iter().chain(measured.iter().map(|&column| COLUMNS[column].1));
    let mut lines: Vec<Vec<String>> = vec![heading.map(str::to_owned).collect()];
    for row in rows {
        let mut line = vec![row.name.clone(), row.lr.to_string(), row.parameters.to_string()];
        for &column in &measured {
            let digits = COLUMNS[column].2;
            line.push(match row.statistics(column) {
                Some((mean, Some(deviation))) => format!("{mean:.digits$} ± {deviation:.digits$}"),
                Some((mean, None)) => format!("{mean:.digits$}"),
                None => "–".into(),
            });
        }
        lines.push(line);
    }
    let width = |i: usize| lines.iter().map(|line| line[i].chars().count()).max().unwrap_or(0);
    let widths: Vec<usize> = (0..lines[0].len()).map(width).collect();
    let mut text = String::new();
    for line in &lines {
        let cells = line.iter().zip(&widths).enumerate();
        let cells: Vec<String> = cells
            .map(|(i, (cell, &width))| if i == 0 { format!("{cell:<width$}") } else { format!("{cell:>width$}") })
            .collect();
        text += &format!("{}\n", cells.join("  "));
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_has_means_and_deviations() {
        let row = |name: &str, runs| Row { name: name.into(), dim: 2, lr: 0.05, parameters: 20, runs };
        let one = |map| [Some(map), Some(2.0), None, None, Some(1.0)];
        let rows = [row("h2", vec![one(0.5), one(0.7)]), row("e2", vec![one(0.4)])];
        let text = table(&rows);
        let lines: Vec<&str> = text.lines().collect();
        assert_eq!(
            lines[0].split_whitespace().collect::<Vec<_>>().join(" "),
            "space lr parameters MAP mean rank CPU s"
        );
        assert!(lines[1].contains("0.6000 ± 0.1414"), "{text}");
        assert!(lines[2].contains(" 0.4000") && !lines[2].contains('±'), "{text}");
        assert_eq!(rows[0].json()["map_sd"].as_f64().map(|x| (x * 1e4).round()), Some(1414.0));
        assert_eq!(rows[1].json().get("map_sd"), None);
    }
}
