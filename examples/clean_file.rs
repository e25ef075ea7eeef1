//! Cleans one picture file: `cargo run --release --example clean_file -- IN OUT-FOLDER`

use std::{env, error::Error, fs, path::PathBuf};

use safepost::{Cleaner, Outcome, Policy, Runtime};

fn main() -> Result<(), Box<dyn Error>> {
    let mut args = env::args_os().skip(1).map(PathBuf::from);
    let (Some(input), Some(out)) = (args.next(), args.next()) else {
        return Err("usage: clean_file IN OUT-FOLDER".into());
    };
    let cleaner = Cleaner::new(Policy::default(), &Runtime::default())?;
    let cleaned = cleaner.clean_file(&input)?;
    if let Outcome::Withheld { reason } = &cleaned.report.outcome {
        return Err(format!("withheld: {reason}").into());
    }
    fs::create_dir_all(&out)?;
    for (page, output) in cleaned.outputs.iter().enumerate() {
        let path = out.join(format!("page-{page}.{}", output.format.extension()));
        fs::write(&path, &output.bytes)?;
        println!("{} {}x{} {:?}", path.display(), output.size.width, output.size.height, cleaned.report.counts());
    }
    Ok(())
}
