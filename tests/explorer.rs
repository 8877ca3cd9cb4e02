//! The page in a browser: what it does with a hand on it, what it shows, and that no name breaks it.
//!
//! The tests with a browser are skipped, and say so, where neither chromium nor google-chrome is installed.

use beltrami::plot::Explorer;
use serde_json::Value;
use std::collections::HashSet;
use std::fs;
use std::io::{Read, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

/// A fresh directory of this test's own.
fn dir(name: &str) -> PathBuf {
    let dir = Path::new(env!("CARGO_TARGET_TMPDIR")).join("explorer").join(name);
    let _ = fs::remove_dir_all(&dir);
    fs::create_dir_all(&dir).unwrap();
    dir
}

/// A browser, if there is one.
fn browser() -> Option<PathBuf> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let names = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"];
    let found = std::env::split_paths(&path).flat_map(|p| names.map(|n| p.join(n))).find(|p| p.is_file());
    if found.is_none() {
        // Past the capture of the test's output: a skipped test should be seen.
        let _ = writeln!(std::io::stderr(), "skipped: no chromium or google-chrome in PATH");
    }
    found
}

/// What the page writes to its `report` while `script` runs in it.
fn report(dir: &Path, page: &str, script: &str) -> Option<Value> {
    // Time is virtual here, and a browser without a screen then draws no frames of its own accord.
    let before = "<script>const report = { errors: [] };
        window.onerror = (message) => { report.errors.push(message); };
        window.requestAnimationFrame = (draw) => setTimeout(() => draw(performance.now()), 16);</script>";
    let after = format!(
        "<script>(async () => {{
            try {{ {script} }} catch (error) {{ report.errors.push(error.stack); }}
            const json = JSON.stringify(report).replaceAll('<', '\\\\u003c').replaceAll('&', '\\\\u0026');
            document.body.append(Object.assign(document.createElement('pre'), {{ id: 'report', textContent: json }}));
        }})();</script>"
    );
    let out = browse(dir, page, before, &after, &["--virtual-time-budget=60000", "--dump-dom"])?;
    let dom = String::from_utf8(out).unwrap();
    let (_, rest) = dom.split_once("<pre id=\"report\">").expect("the page reports");
    let json = rest.split_once("</pre>").unwrap().0.replace("&gt;", ">");
    let report: Value = serde_json::from_str(&json).unwrap();
    assert_eq!(report["errors"], serde_json::json!([]), "{report}");
    Some(report)
}

/// What the browser prints for the page with these scripts before and after its own.
fn browse(dir: &Path, page: &str, before: &str, after: &str, flags: &[&str]) -> Option<Vec<u8>> {
    let browser = browser()?;
    let page = page.replacen("<body>", &format!("<body>{before}"), 1);
    let (page, end) = page.rsplit_once("</body>").unwrap();
    let file = dir.join("visited.html");
    fs::write(&file, format!("{page}{after}</body>{end}")).unwrap();
    let printed = dir.join("printed");
    let mut running = Command::new(browser)
        .args(["--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--hide-scrollbars"])
        .arg("--window-size=1200,800")
        .arg(format!("--user-data-dir={}", dir.join("profile").display()))
        .args(flags)
        .arg(format!("file://{}", file.display()))
        .stdin(Stdio::null())
        .stdout(fs::File::create(&printed).unwrap())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    // A browser that hangs must not hang the tests.
    let start = Instant::now();
    while running.try_wait().unwrap().is_none() {
        if start.elapsed() > Duration::from_secs(300) {
            running.kill().unwrap();
            panic!("the browser does not end");
        }
        sleep(Duration::from_millis(50));
    }
    assert!(running.wait().unwrap().success());
    Some(fs::read(printed).unwrap())
}

/// `tests/explorer/visit.js` for one node and one search.
fn visit(node: &str, words: &str) -> String {
    let script = include_str!("explorer/visit.js");
    script.replace("NODE", &format!("{node:?}")).replace("WORDS", &format!("{words:?}"))
}

/// What must hold on every page that was visited.
fn holds(report: &Value) {
    let number = |name: &str| report[name].as_f64().unwrap_or_else(|| panic!("{name} in {report}"));
    for (name, most) in [
        ("slip", 1e-9),     // pixels between the cursor and what it holds
        ("angle", 1e-13),   // edges: off the right angle with the rim, off the two nodes
        ("distance", 1e-6), // sizes on the screen are kept in f32
        ("zoomSlip", 1e-9),
        ("centred", 1e-6),
        ("back", 1e-12),
        ("drift", 1e-10),
        ("deep", 1e-13),
    ] {
        assert!(number(name) <= most, "{name} = {} in {report}", number(name));
    }
    assert_eq!(report["finite"], true);
    assert_eq!((report["tip"][1].as_bool(), report["cleared"].as_bool()), (Some(false), Some(true)));
    assert!((number("pinch") - 1.5).abs() < 1e-9 && (number("step") - 0.25).abs() < 1e-9, "{report}");
    assert!(number("zoom") > 1.2 && number("subtree") > 0.99 && number("arcs") > 100.0, "{report}");
    assert!(number("far") > 5.0, "{report}");
    assert_eq!(report["none"], serde_json::json!([[], "No name like this."]));
}

/// The mammals as the command writes them.
fn mammals(dir: &Path) -> String {
    let mut command = Command::new(env!("CARGO_BIN_EXE_beltrami"));
    let output =
        command.current_dir(dir).args(["embed", "--dim", "2", "--epochs", "150", "--out", "."]).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    fs::read_to_string(dir.join("disk.html")).unwrap()
}

#[test]
fn a_visitor_among_mammals() {
    let dir = dir("mammals");
    let page = mammals(&dir);
    assert!(page.len() < 300_000 && !page.contains("://"), "{} bytes", page.len());
    let Some(report) = report(&dir, &page, &visit("dog.n.01", "fox")) else { return };
    holds(&report);
    assert_eq!((&report["drawn"], &report["legend"]), (&1180.into(), &9.into()));
    let chain = ["mammal", "placental", "carnivore", "canine"];
    assert_eq!((&report["name"], &report["chain"]), (&"dog".into(), &chain.as_slice().into()));
    assert_eq!(report["tip"][0], format!("dog{}", chain.join(" › ")));
    assert_eq!(report["found"], serde_json::json!(["fox", "foxhound", "fox terrier", "fox squirrel", "red fox"]));
    assert_eq!(report["visited"], "fox");
}

#[test]
fn as_many_nodes_as_english_has_nouns() {
    let dir = dir("large");
    let page = ternary(82_115);
    assert!(page.len() < 5_000_000, "{} bytes", page.len());
    let Some(report) = report(&dir, &page, &visit("n40", "n40000")) else { return };
    holds(&report);
    assert!(report["drawn"].as_u64() > Some(20_000), "{report}");
    assert_eq!(report["chain"], serde_json::json!(["n0", "n1", "n4", "n13"]));
    assert_eq!((&report["name"], &report["visited"]), (&"n40".into(), &"n40000".into()));
}

/// A ternary tree: levels at distances of 1.1, which is room enough for three children each.
fn ternary(nodes: usize) -> String {
    let parent = |i: usize| (i - 1) / 3;
    let edges: Vec<(u32, u32)> = (1..nodes).map(|i| (i as u32, parent(i) as u32)).collect();
    let mut below = vec![0; nodes];
    let mut places = vec![(0.0f64, 0.0, 1.0); nodes]; // depth; start and width of the sector, in turns
    for i in 1..nodes {
        let (depth, start, width) = places[parent(i)];
        places[i] = (depth + 1.0, start + ((i - 1) % 3) as f64 * width / 3.0, width / 3.0);
    }
    (1..nodes).rev().for_each(|i| below[parent(i)] += below[i] + 1);
    let point = |&(depth, start, width): &(f64, f64, f64)| {
        let (r, angle) = ((0.55 * depth).tanh(), std::f64::consts::TAU * (start + width / 2.0));
        [r * angle.cos(), r * angle.sin()]
    };
    let names: Vec<String> = (0..nodes).map(|i| format!("n{i}")).collect();
    let points: Vec<_> = places.iter().map(point).collect();
    let page = Explorer { names: &names, points: &points, edges: &edges, below: &below, title: "Three", caption: "" };
    page.to_html().unwrap()
}

/// The title, and a page of so many of these: names, points, edges and counts.
const ODD_NAMES: [&str; 6] =
    ["</script><script>throw 1</script>", "\"quotes' & <b>", "漢字 \u{2028}🦊", "<!--title-->", "same", "same"];

fn odd(nodes: usize) -> Explorer<'static> {
    // Two at one place, one as close to the rim as numbers go, one almost as close.
    const RIM: f64 = 1.0 - f64::EPSILON / 2.0;
    const POINTS: [[f64; 2]; 6] = [[0.0, 0.0], [0.0, 0.0], [RIM, 0.0], [0.6, 0.79999999], [-0.5, 0.1], [-0.5, 0.1]];
    const EDGES: [(u32, u32); 5] = [(1, 0), (2, 0), (2, 1), (4, 0), (5, 4)];
    const BELOW: [u32; 6] = [4, 1, 0, 0, 1, 0];
    let names: Vec<String> = ODD_NAMES[..nodes].iter().map(ToString::to_string).collect();
    Explorer {
        names: names.leak(),
        points: &POINTS[..nodes],
        edges: if nodes == 6 { &EDGES } else { &[] },
        below: if nodes == 6 { &BELOW } else { &[0][..nodes] },
        title: "<title> & \"more\"",
        caption: "</script> <!--script-->",
    }
}

#[test]
fn no_name_breaks_the_page() {
    for nodes in [0, 1, 6] {
        let page = odd(nodes).to_html().unwrap();
        assert!(page.contains("<title>&lt;title&gt; &amp; &quot;more&quot;</title>"));
        assert_eq!(page.matches("</script").count(), 2);
        let script = "
            const sleep = (ms) => new Promise((done) => setTimeout(done, ms));
            await sleep(800);
            report.names = data.names;
            report.drawn = shown.length;
            for (let i = 0; i < count; i++) {
                visit(i);
                await sleep(2000);
                zoomToSubtree(i);
                await sleep(2000);
                hover(i, [300, 300]);
                for (const x of [0, 0.3, 1]) hover(nodeAt([x * sheet.width, 400], 1e4), [1, 1]);
            }
            for (const words of ['', 'same', '</', '漢']) { byId.query.value = words; showResults(); }
            spreadTo(1);
            reset();
            await sleep(2000);
            report.title = [document.title, byId.title.textContent, byId.caption.textContent];
            report.numbers = [...px, ...py, view.isometry.ax, view.isometry.bx, view.zoom].every(Number.isFinite);
            report.depth = [...layout.r];";
        let Some(report) = report(&dir(&format!("odd{nodes}")), &page, script) else { return };
        assert_eq!((&report["drawn"], &report["numbers"]), (&nodes.into(), &true.into()), "{report}");
        let mut names: Vec<&str> = report["names"].as_array().unwrap().iter().map(|n| n.as_str().unwrap()).collect();
        names.sort_unstable();
        let mut expected = ODD_NAMES[..nodes].to_vec();
        expected.sort_unstable();
        assert_eq!(names, expected);
        let title = "<title> & \"more\"";
        assert_eq!(report["title"], serde_json::json!([title, title, "</script> <!--script-->"]));
        if nodes == 6 {
            // 2 artanh(1 − ε/2) = ln(4/ε).
            let far = report["depth"].as_array().unwrap().iter().filter_map(Value::as_f64).fold(0.0, f64::max);
            assert!((far - (4.0 / f64::EPSILON).ln()).abs() < 1e-5, "{far}");
        }
    }
}

#[test]
fn faults_are_named() {
    let refused = |page: Explorer| page.to_html().unwrap_err().to_string();
    let page = odd(6);
    assert_eq!(
        refused(Explorer { points: &page.points[1..], ..page }),
        "explorer: 6 nodes, but 5 points; give one point a node"
    );
    let outside = [[0.0, 0.0], [0.0, f64::NAN], [0.0, 0.0], [0.0, 0.0], [0.0, 0.0], [0.0, 0.0]];
    assert!(refused(Explorer { points: &outside, ..page }).starts_with("explorer: point 1 (0, NaN) is not inside"));
    assert!(refused(Explorer { below: &[4], ..page }).starts_with("explorer: 6 nodes, but 1 counts; "));
    assert!(refused(Explorer { edges: &[(1, 6)], ..page }).starts_with("explorer: edge (1, 6) among 6 nodes; "));
    assert!(
        refused(Explorer { edges: &[(0, 1)], ..page })
            .starts_with("explorer: node 1 has no more descendants than its child 0; ")
    );
}

#[test]
fn a_picture_of_the_page() {
    let dir = dir("picture");
    let page = mammals(&dir);
    // A picture is taken when the page has loaded, perhaps of another size: all at once then.
    let script = "<script>
        function atOnce() { travelOn(Infinity); drawMoving(); frame.resting = true; while (drawMore(50)); }
        const dog = data.names.indexOf('dog.n.01');
        visit(dog);
        atOnce();
        window.addEventListener('resize', () => { visit(dog); atOnce(); });
    </script>";
    let file = dir.join("page.png");
    let flag = format!("--screenshot={}", file.display());
    if browse(&dir, &page, "", script, &[&flag]).is_none() {
        return;
    }
    let (width, height, pixels) = decode(&fs::read(&file).unwrap());
    assert_eq!(width, 1200);
    // The disk fills the space beside the panel. There: many colours, and a fair share of them.
    let middle =
        |i: usize| (360..1160).contains(&(i % width)) && (40..height.saturating_sub(40)).contains(&(i / width));
    let seen: Vec<[u8; 3]> = (0..pixels.len()).filter(|&i| middle(i)).map(|i| pixels[i]).collect();
    let colourful = seen.iter().filter(|p| p.iter().max().unwrap() - p.iter().min().unwrap() > 40).count();
    assert!(seen.iter().collect::<HashSet<_>>().len() > 2000, "too few colours");
    assert!((0.02..0.5).contains(&(colourful as f64 / seen.len() as f64)), "{colourful} of {}", seen.len());
    // The words of the panel.
    let dark = |i: &usize| (40..300).contains(&(i % width)) && pixels[*i].iter().all(|&c| c < 90);
    assert!((0..pixels.len()).filter(dark).count() > 1000);
}

/// Width, height and colours of a PNG of 8 bits a channel (PNG specification, sections 7 and 9).
fn decode(png: &[u8]) -> (usize, usize, Vec<[u8; 3]>) {
    let word = |at: usize| u32::from_be_bytes(png[at..at + 4].try_into().unwrap()) as usize;
    let (width, height, channels) = (word(16), word(20), if png[25] == 6 { 4 } else { 3 });
    let (mut packed, mut at) = (Vec::new(), 8);
    while at < png.len() {
        if &png[at + 4..at + 8] == b"IDAT" {
            packed.extend(&png[at + 8..at + 8 + word(at)]);
        }
        at += 12 + word(at);
    }
    let mut bytes = Vec::new();
    flate2::read::ZlibDecoder::new(&packed[..]).read_to_end(&mut bytes).unwrap();
    let mut above = vec![0u8; width * channels];
    let mut pixels = Vec::with_capacity(width * height);
    for row in bytes.chunks_exact(width * channels + 1) {
        let mut line = row[1..].to_vec();
        for i in 0..line.len() {
            let left = |row: &[u8]| if i < channels { 0 } else { row[i - channels] };
            let (a, b, c) = (left(&line), above[i], left(&above));
            let nearest = [a, b, c]
                .into_iter()
                .min_by_key(|&p| (i32::from(a) + i32::from(b) - i32::from(c) - i32::from(p)).abs());
            let guess = match row[0] {
                0 => 0,
                1 => a,
                2 => b,
                3 => ((u16::from(a) + u16::from(b)) / 2) as u8,
                _ => nearest.unwrap_or(0),
            };
            line[i] = line[i].wrapping_add(guess);
        }
        pixels.extend(line.chunks_exact(channels).map(|p| [p[0], p[1], p[2]]));
        above = line;
    }
    (width, height, pixels)
}
