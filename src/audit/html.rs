//! The trail as one page that can be printed and filed: no script, nothing loaded from elsewhere, every value escaped.
//! It says what was recorded and claims nothing beyond that.

use std::io::{self, Write};

use super::{
    Chain, Totals,
    row::{Input, ModelRow, Row, Run, What},
    show::{counted, state},
};
use crate::date::utc;

const STYLE: &str = "body{font:11pt/1.4 sans-serif;color:#111;max-width:60em;margin:2em auto;padding:0 1em}\
h1{font-size:1.4em}h2{font-size:1.1em;margin-top:2em}table{border-collapse:collapse;width:100%}\
th,td{border:1px solid #999;padding:.25em .5em;text-align:left;vertical-align:top}th{background:#eee}\
code{font:9pt monospace;overflow-wrap:anywhere}.broken{border:3px solid #b00;padding:.5em}thead{display:table-header-group}\
tr{break-inside:avoid}@page{margin:15mm}@media print{body{margin:0;max-width:none;font-size:9pt}}";

const MEANING: &str = "This page lists what the program wrote down about its own runs. It does not say that an output \
is free of anything that identifies a person, and it does not say that a law or a rule is met; both are for people to \
judge. Times are those of the machine's clock. Inputs stand here as a keyed hash, which only the holder of the key can \
match with a file.";

/// Writes the page; `now_unix_s` is when it is made.
///
/// # Errors
/// When it cannot be written.
pub fn write_html(chain: &Chain, rows: &[Row], now_unix_s: u64, to: &mut dyn Write) -> io::Result<()> {
    writeln!(to, "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">")?;
    writeln!(
        to,
        "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">"
    )?;
    writeln!(to, "<title>Audit trail</title>\n<style>{STYLE}</style>\n</head>\n<body>\n<h1>Audit trail</h1>")?;
    writeln!(to, "<p>{MEANING}</p>")?;
    head(chain, rows, now_unix_s, to)?;
    totals(&Totals::of(rows), to)?;
    table(to, "Runs", &["Row", "Time", "Program", "Operator", "Policy", "Models"], &mut |to| {
        rows.iter().try_for_each(|row| match &row.what {
            What::Run(run) => run_row(row, run, to),
            _ => Ok(()),
        })
    })?;
    let columns = ["Row", "Time", "Outcome", "Checks", "Found", "Input (keyed hash)", "Outputs (SHA-256)"];
    table(to, "Inputs", &columns, &mut |to| {
        rows.iter().try_for_each(|row| match &row.what {
            What::Input(input) => input_row(row, input, to),
            _ => Ok(()),
        })
    })?;
    writeln!(to, "</body>\n</html>")
}

fn head(chain: &Chain, rows: &[Row], now_unix_s: u64, to: &mut dyn Write) -> io::Result<()> {
    let class = if chain.broken.is_some() { " class=\"broken\"" } else { "" };
    writeln!(to, "<p{class}>The chain of rows {}</p>", escaped(&state(chain)))?;
    let trail = chain.genesis.as_ref().map_or("unknown", |genesis| genesis.trail.as_str());
    let begun = rows.first().map_or_else(|| "unknown".to_owned(), |row| utc(row.time_unix_s));
    let facts = [
        ("Trail", code(trail)),
        ("Begun", escaped(&begun)),
        ("This page made", utc(now_unix_s)),
        ("Hash of the last row", code(&chain.head)),
        ("Rows", chain.rows.to_string()),
        ("Rows removed because of their age", chain.purged.to_string()),
        ("Lines cut off by a crash, sealed", chain.torn.to_string()),
    ];
    list(&facts, to)
}

fn totals(totals: &Totals, to: &mut dyn Write) -> io::Result<()> {
    let moment = |time: Option<u64>| time.map_or_else(|| "none".to_owned(), utc);
    let operators =
        if totals.operators.is_empty() { "not recorded".to_owned() } else { counted(&totals.operators) };
    writeln!(to, "<h2>In numbers</h2>")?;
    let facts = [
        ("First input", moment(totals.from_unix_s)),
        ("Last input", moment(totals.to_unix_s)),
        ("Inputs handled", totals.inputs.to_string()),
        ("Outcomes", escaped(&counted(&totals.outcomes))),
        ("Files written", totals.outputs.to_string()),
        ("Found", escaped(&counted(&totals.found))),
        ("Identifiers told in text", escaped(&counted(&totals.identifiers))),
        ("Lines of text that stay visible", totals.spared.to_string()),
        ("Faces that stay visible, by authorization", escaped(&counted(&totals.authorized))),
        ("Operators, with inputs", escaped(&operators)),
    ];
    list(&facts, to)
}

/// `facts` hold HTML.
fn list(facts: &[(&str, String)], to: &mut dyn Write) -> io::Result<()> {
    writeln!(to, "<table>")?;
    for (what, value) in facts {
        writeln!(to, "<tr><th scope=\"row\">{what}</th><td>{value}</td></tr>")?;
    }
    writeln!(to, "</table>")
}

fn table(
    to: &mut dyn Write,
    title: &str,
    columns: &[&str],
    rows: &mut dyn FnMut(&mut dyn Write) -> io::Result<()>,
) -> io::Result<()> {
    let columns: String = columns.iter().map(|column| format!("<th scope=\"col\">{column}</th>")).collect();
    writeln!(to, "<h2>{title}</h2>\n<table>\n<thead><tr>{columns}</tr></thead>\n<tbody>")?;
    rows(to)?;
    writeln!(to, "</tbody>\n</table>")
}

fn run_row(row: &Row, run: &Run, to: &mut dyn Write) -> io::Result<()> {
    let models: Vec<_> = run.models.iter().map(model).collect();
    cells(
        to,
        &[
            row.row.to_string(),
            utc(row.time_unix_s),
            escaped(&run.tool),
            escaped(run.operator.as_deref().unwrap_or("not recorded")),
            code(&run.policy_sha256),
            models.join("<br>"),
        ],
    )
}

/// "name hash on device".
fn model(model: &ModelRow) -> String {
    let device = model.device.as_ref().map(|device| format!(" on {}", escaped(device)));
    format!("{} {}{}", escaped(&model.name), code(&model.sha256), device.unwrap_or_default())
}

fn input_row(row: &Row, input: &Input, to: &mut dyn Write) -> io::Result<()> {
    let outcome = match &input.reason {
        Some(reason) => format!("{}: {}", escaped(&input.outcome), escaped(reason)),
        None => escaped(&input.outcome),
    };
    let mut found = vec![escaped(&counted(&input.found))];
    if !input.identifiers.is_empty() {
        found.push(format!("told: {}", escaped(&counted(&input.identifiers))));
    }
    if input.spared > 0 {
        found.push(format!("spared lines: {}", input.spared));
    }
    if !input.authorized.is_empty() {
        found.push(format!("faces kept under: {}", escaped(&counted(&input.authorized))));
    }
    let outputs: Vec<_> =
        input.outputs.iter().map(|output| format!("{} {}", escaped(&output.name), code(&output.sha256))).collect();
    cells(
        to,
        &[
            row.row.to_string(),
            utc(row.time_unix_s),
            outcome,
            escaped(&input.verification),
            found.join("<br>"),
            code(input.input_hmac.as_deref().unwrap_or("could not be read")),
            outputs.join("<br>"),
        ],
    )
}

/// `cells` hold HTML.
fn cells(to: &mut dyn Write, cells: &[String]) -> io::Result<()> {
    let cells: String = cells.iter().map(|cell| format!("<td>{cell}</td>")).collect();
    writeln!(to, "<tr>{cells}</tr>")
}

fn code(text: &str) -> String {
    format!("<code>{}</code>", escaped(text))
}

/// The text with everything that means something in HTML replaced.
fn escaped(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => safe.push_str("&amp;"),
            '<' => safe.push_str("&lt;"),
            '>' => safe.push_str("&gt;"),
            '"' => safe.push_str("&quot;"),
            '\'' => safe.push_str("&#39;"),
            c if c.is_control() => safe.push('\u{FFFD}'),
            c => safe.push(c),
        }
    }
    safe
}
