//! The handled inputs as a table for spreadsheets (RFC 4180).

use std::io::{self, Write};

use super::{
    row::{Row, What},
    show::counted,
};
use crate::date::utc;

const HEAD: &str = "row,time,outcome,verification,found,identifiers,spared,authorized,reason,input_hmac_sha256,outputs,output_sha256,policy_sha256,\
                    models_sha256,tool,operator";

/// Writes a line for every handled input.
///
/// # Errors
/// When it cannot be written.
pub fn write_csv(rows: &[Row], to: &mut dyn Write) -> io::Result<()> {
    write!(to, "{HEAD}\r\n")?;
    for row in rows {
        let What::Input(input) = &row.what else { continue };
        let names: Vec<_> = input.outputs.iter().map(|output| output.name.as_str()).collect();
        let hashes: Vec<_> = input.outputs.iter().map(|output| output.sha256.as_str()).collect();
        let (number, time, found) = (row.row.to_string(), utc(row.time_unix_s), counted(&input.found));
        let (identifiers, spared) = (counted(&input.identifiers), input.spared.to_string());
        let authorized = counted(&input.authorized);
        let (names, hashes) = (names.join(" "), hashes.join(" "));
        let cells = [
            &number,
            &time,
            &input.outcome,
            &input.verification,
            &found,
            &identifiers,
            &spared,
            &authorized,
            input.reason.as_deref().unwrap_or_default(),
            input.input_hmac.as_deref().unwrap_or_default(),
            &names,
            &hashes,
            &input.policy_sha256,
            &input.models_sha256,
            &input.tool,
            input.operator.as_deref().unwrap_or_default(),
        ];
        write!(to, "{}\r\n", cells.map(cell).join(","))?;
    }
    Ok(())
}

/// A cell that no spreadsheet takes for a formula or for two.
fn cell(text: &str) -> String {
    let formula = text.starts_with(['=', '+', '-', '@', '\t', '\r']);
    let text = if formula { format!("'{text}") } else { text.to_owned() };
    if text.contains([',', '"', '\r', '\n']) { format!("\"{}\"", text.replace('"', "\"\"")) } else { text }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cell_is_one_cell_and_no_formula() {
        assert_eq!(cell("plain"), "plain");
        assert_eq!(cell("a, \"b\""), "\"a, \"\"b\"\"\"");
        assert_eq!(cell("=HYPERLINK(1)"), "'=HYPERLINK(1)");
        assert_eq!(cell("@x\ny"), "\"'@x\ny\"");
    }
}
