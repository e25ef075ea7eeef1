//! Numbers that stand for a person, an account or a thing, told by the word before them, by their form, or by their sum.

use super::{CODE, GAP, Rule, Weight, always, any, rule};
use crate::phi::{
    checks::{self, numbered},
    identifier::Kind,
};

const RECORD: &[&str] = &[
    "mrn",
    "m r n",
    "mr#",
    "mr no",
    "med rec",
    "medical record",
    "patient id",
    "patient no",
    "patient number",
    "patient #",
    "pat id",
    "pat no",
    "pid",
    "uhid",
    "hospital no",
    "hospital number",
    "hosp no",
    "unit no",
    "nhs",
    "accession",
    "acc no",
    "csn",
    "fin",
    "encounter",
    "specimen",
    "sample id",
    "sample no",
    "case no",
    "case id",
    "case #",
    "case number",
    "visit no",
    "visit id",
    "visit #",
    "chart no",
    "chart #",
    "chart",
    "record no",
    "record #",
    "record number",
    "file no",
    "order no",
    "order id",
    "order #",
    "lab no",
    "lab id",
    "reg no",
    "admission no",
    "study id",
    "exam id",
    "requisition",
    "rx",
    "prescription no",
    "claim",
    "protocol",
];

const HEALTH_PLAN: &[&str] = &[
    "member id",
    "member no",
    "member #",
    "member",
    "subscriber id",
    "subscriber",
    "policy no",
    "policy number",
    "policy #",
    "policy",
    "group no",
    "group #",
    "grp",
    "health plan",
    "plan id",
    "plan no",
    "insurance id",
    "insurance no",
    "insured id",
    "beneficiary",
    "medicare",
    "medicaid",
    "hicn",
    "mbi",
    "rxbin",
    "rx bin",
    "rxgrp",
    "rx grp",
    "rxpcn",
    "payer id",
    "health card",
    "ohip",
    "versichertennummer",
    "versicherten nr",
    "kvnr",
];

const ACCOUNT: &[&str] = &[
    "account",
    "acct",
    "a/c",
    "billing",
    "bill no",
    "bill #",
    "invoice",
    "inv no",
    "inv #",
    "statement no",
    "customer no",
    "customer id",
    "client id",
    "client no",
    "card no",
    "card number",
    "credit card",
    "debit card",
    "visa",
    "mastercard",
    "amex",
    "receipt no",
    "receipt #",
    "transaction",
    "trans id",
    "check no",
    "cheque no",
    "routing",
    "sort code",
    "iban",
    "konto",
    "tax id",
    "gst",
    "vat",
    "ein",
];

const LICENCE: &[&str] = &[
    "license",
    "licence",
    "lic",
    "dea",
    "npi",
    "passport",
    "driver license",
    "drivers license",
    "driver's license",
    "dl no",
    "dl #",
    "certificate",
    "cert no",
    "cert #",
    "certification",
    "permit",
    "registration no",
    "gmc",
    "state id",
    "id card",
];

const VEHICLE: &[&str] =
    &["license plate", "licence plate", "reg plate", "plate no", "plate", "vehicle", "vin", "kennzeichen"];

const DEVICE: &[&str] = &[
    "serial",
    "ser no",
    "s/n",
    "sn",
    "udi",
    "imei",
    "imsi",
    "asset",
    "asset tag",
    "device id",
    "device",
    "ref",
    "lot",
    "batch",
    "gtin",
    "implant",
];

const OTHER: &[&str] =
    &["employee id", "employee no", "emp id", "emp no", "staff id", "badge", "id no", "id #", "id number", "id"];

/// A letter of a Medicare beneficiary identifier, which leaves out those that look like digits (CMS, 2017).
const MBI: &str = "[ac-hj-kmnp-rt-y]";

/// Any of `words` with a number behind it, glued on or with a gap.
fn coded(words: &[&str]) -> String {
    format!(r"{}(?P<v>(?:(?-u:\b)|[ :]){GAP}{CODE}|[0-9][0-9a-z-]{{3,19}})", any(words))
}

pub(super) fn rules() -> Vec<Rule> {
    use Weight::{Form, Sure, Suspect, Word, Words};
    let security = any(&["ssn", "s s n", "ss#", "ss no", "social security", "social sec", "soc sec"]);
    let room = any(&["room", "rm", "bed", "bay", "ward", "cubicle", "zimmer"]);
    let mbi = format!("[1-9]{MBI}(?:[0-9]|{MBI})[0-9]-?{MBI}(?:[0-9]|{MBI})[0-9]-?{MBI}{{2}}[0-9]{{2}}");
    vec![
        rule(
            Kind::Ssn,
            Words,
            &format!(r"{security}{GAP}(?P<v>[0-9x*]{{3}}[ -]?[0-9x*]{{2}}[ -]?[0-9]{{4}}|[0-9]{{4}})(?:$|[^0-9-])"),
            // Masked but for the last four, or only those.
            |hit| checks::count(hit.value) < 9 || checks::ssn(hit),
        ),
        rule(Kind::Ssn, Sure, r"(?:^|[^0-9-])(?P<v>[0-9]{3}-[0-9]{2}-[0-9]{4})(?:$|[^0-9-])", checks::ssn),
        rule(
            Kind::Ssn,
            Form,
            r"(?:^|[^0-9 ,.-])? ?(?-u:\b)(?P<v>[0-9]{3} [0-9]{2} [0-9]{4})(?:$|[^0-9-])",
            |hit| !hit.before.trim_end().ends_with(|c: char| c.is_ascii_digit()) && checks::ssn(hit),
        ),
        rule(Kind::Record, Word, &coded(RECORD), numbered),
        rule(Kind::HealthPlan, Word, &coded(HEALTH_PLAN), numbered),
        rule(Kind::HealthPlan, Sure, &format!(r"(?-u:\b)(?P<v>{mbi})(?-u:\b)"), always),
        rule(Kind::Account, Word, &coded(ACCOUNT), numbered),
        rule(
            Kind::Account,
            Sure,
            r"(?-u:\b)(?P<v>[a-z]{2}[0-9]{2}(?: ?[0-9a-z]{4}){2,7}(?: ?[0-9a-z]{1,4})?)(?-u:\b)",
            checks::iban,
        ),
        rule(Kind::Account, Sure, r"(?:^|[^0-9-])(?P<v>[0-9](?:[ -]?[0-9]){12,18})(?:$|[^0-9-])", checks::card),
        rule(Kind::Licence, Word, &coded(LICENCE), numbered),
        rule(Kind::Licence, Sure, r"(?-u:\b)(?P<v>[a-hj-mpr-ux][a-z9][0-9]{7})(?-u:\b)", checks::dea),
        rule(Kind::Vehicle, Word, &coded(VEHICLE), |hit| checks::count(hit.value) >= 2),
        rule(
            Kind::Vehicle,
            Word,
            &format!(
                r"{}[ .:#\n-]{{1,4}}(?P<v>[a-z]{{1,3}}[ -]?[a-z]{{0,3}}[ -]?[0-9]{{1,4}}[a-z]{{0,3}})(?-u:\b)",
                any(&["plate", "license plate", "licence plate", "kennzeichen"])
            ),
            always,
        ),
        rule(Kind::Vehicle, Sure, r"(?-u:\b)(?P<v>[a-hj-npr-z0-9]{17})(?-u:\b)", checks::vin),
        // A plate stands alone: Britain, some of the United States, Germany.
        rule(
            Kind::Vehicle,
            Form,
            r"^(?P<v>[a-z]{2}[0-9]{2} ?[a-z]{3}|[a-z]{3}[ -][0-9]{3,4}|[0-9][a-z]{3}[0-9]{3}|[a-z]{1,3}[- ][a-z]{1,2}[ -]?[0-9]{3,4})$",
            always,
        ),
        rule(Kind::Device, Word, &coded(DEVICE), numbered),
        rule(
            Kind::Device,
            Words,
            r"(?P<v>\(01\) ?[0-9]{14}(?: ?\((?:10|11|17|21)\) ?[0-9a-z-]{1,20}){0,4})",
            always,
        ),
        rule(Kind::Device, Sure, r"(?P<v>\((?:10|21)\) ?[0-9a-z-]{3,20})", always),
        rule(Kind::Device, Sure, r"(?:^|[^0-9])(?P<v>01[0-9]{14}(?:1[0157]|21)[0-9a-z]{4,})", always),
        rule(
            Kind::Device,
            Sure,
            r"(?:^|[^0-9a-z])(?P<v>(?:[0-9a-f]{2}[:-]){5}[0-9a-f]{2})(?:$|[^0-9a-f:-])",
            always,
        ),
        rule(Kind::Other, Word, &coded(OTHER), numbered),
        rule(
            Kind::Other,
            Word,
            &format!(r"{room}[ .:#\n]{{1,3}}(?P<v>[0-9]{{1,4}}[a-d]?)(?:$|[^0-9a-z.,/])"),
            always,
        ),
        rule(
            Kind::Other,
            Suspect,
            r"(?:^|[^0-9a-z.,+/-])(?P<v>[a-z]{0,3}-?[0-9]{6,})(?:$|[^0-9a-z.,%/-]|[.,](?:$| ))",
            always,
        ),
    ]
}
