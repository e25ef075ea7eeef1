//! `--device` through the real binary: what cannot be had is an error and leaves nothing behind, and what was really used
//! is in the report and in the trail. No machine of the tests has a graphics card, so none of this says that one works.

mod support;

use std::fs;

use safepost::device::Device;
use serde_json::Value;
use support::{Bench, ended, safepost, write_png};

/// Whether the build under test and the ONNX Runtime that it finds have a device, in the words of `doctor`.
fn is_offered(device: Device) -> bool {
    let (_, told) = ended(&safepost(["doctor"]));
    let line = told.lines().find(|line| line.contains("in this build and this ONNX Runtime: "));
    let (_, devices) = line.expect("doctor tells the devices").rsplit_once(": ").unwrap();
    devices.split(", ").any(|offered| offered == device.name())
}

fn others() -> impl Iterator<Item = Device> {
    Device::ALL.into_iter().filter(|device| *device != Device::Cpu)
}

#[test]
fn by_default_the_report_and_the_trail_say_cpu() {
    let bench = Bench::new();
    write_png(&bench.path("in/a.png"), 64, 48);
    let trail = bench.path("trail.jsonl");
    let done = bench.clean(&["--redact", "faces", "--json", "--manifest", trail.to_str().unwrap()]);
    assert_eq!(done.status.code(), Some(0), "{}", ended(&done).1);
    let report: Value = serde_json::from_slice(&done.stdout).unwrap();
    assert_eq!(report["device"], "cpu");
    assert_eq!(report["inputs"][0]["report"]["device"], "cpu");
    let models = report["models"].as_array().unwrap();
    assert!(!models.is_empty() && models.iter().all(|model| model["device"] == "cpu"), "{models:?}");
    let rows = fs::read_to_string(&trail).unwrap();
    let rows: Vec<Value> = rows.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let run = rows.iter().find(|row| row["kind"] == "run").unwrap();
    assert!(run["models"].as_array().unwrap().iter().all(|model| model["device"] == "cpu"), "{run}");
    let input = rows.iter().find(|row| row["kind"] == "input").unwrap();
    assert_eq!(input["report"]["device"], "cpu");
}

#[test]
fn where_nothing_is_looked_for_no_device_is_said_to_have_looked() {
    let bench = Bench::new();
    write_png(&bench.path("in/a.png"), 64, 48);
    let done = bench.clean(&["--metadata-only", "--json"]);
    assert_eq!(done.status.code(), Some(0), "{}", ended(&done).1);
    let report: Value = serde_json::from_slice(&done.stdout).unwrap();
    assert!(report.get("device").is_none() && report["inputs"][0]["report"].get("device").is_none(), "{report}");
}

#[test]
fn a_device_that_cannot_be_had_ends_the_run_before_anything_is_written() {
    for device in others() {
        let bench = Bench::new();
        write_png(&bench.path("in/a.png"), 64, 48);
        let done = bench.clean(&["--redact", "faces", "--no-isolation", "--json", "--device", device.name()]);
        let (code, said) = ended(&done);
        if is_offered(device) && code == Some(0) {
            let report: Value = serde_json::from_slice(&done.stdout).unwrap();
            assert_eq!(report["device"], device.name());
            continue;
        }
        assert_eq!(code, Some(1), "{device}: {said}");
        assert!(done.stdout.is_empty() && !bench.path("out").exists(), "{device}: {said}");
        let words = said.split_whitespace().collect::<Vec<_>>().join(" ").replace("│ ", "");
        assert!(words.contains(&format!("cannot run on `{device}`")), "{device}: {said}");
        let (why, not) = match device.is_built_in() {
            true => ("this ONNX Runtime was built without", "this build is without it"),
            false => ("this build is without it", "this ONNX Runtime was built without"),
        };
        assert!(is_offered(device) || (words.contains(why) && !words.contains(not)), "{device}: {said}");
    }
}

#[test]
fn inspect_verify_and_doctor_refuse_such_a_device_too() {
    let bench = Bench::new();
    write_png(&bench.path("in/a.png"), 64, 48);
    let picture = bench.path("in/a.png");
    let picture = picture.to_str().unwrap();
    for device in others().filter(|device| !is_offered(*device)) {
        for command in [vec!["inspect", picture], vec!["verify", picture], vec!["doctor"]] {
            let done = safepost(command.iter().chain(&["--device", device.name()]));
            let (code, said) = ended(&done);
            assert_eq!(code, Some(1), "{command:?} {device}: {said}");
            assert!(said.contains(&format!("`{device}`")), "{command:?} {device}: {said}");
        }
    }
}

#[test]
fn workers_are_refused_another_device_instead_of_using_the_processor() {
    for device in others() {
        let bench = Bench::new();
        write_png(&bench.path("in/a.png"), 64, 48);
        let (code, said) = ended(&bench.clean(&["--device", device.name()]));
        assert_eq!(code, Some(1), "{device}: {said}");
        assert!(!bench.path("out").exists());
        let why = if device.is_built_in() { "--no-isolation" } else { "--features" };
        assert!(said.contains(why), "{device}: {said}");
    }
}
