//! Telephones, e-mail, web and network addresses, streets and postal codes.

use super::{GAP, Hit, Rule, SPACE, Weight, always, any, rule};
use crate::phi::{
    checks::{after_version, dialled, ip4, ip6},
    identifier::Kind,
};

/// Digits as they are dialled.
const DIALLED: &str = r"\+?\(?[0-9][0-9 ()./-]{5,20}[0-9]";

const PHONE: &[&str] = &[
    "telephone",
    "telefon",
    "telefono",
    "tel",
    "phone",
    "ph",
    "mobile",
    "mob",
    "cell",
    "call",
    "contact",
    "hotline",
    "whatsapp",
    "pager",
    "beeper",
    "emergency",
    "movil",
    "handy",
    "portable",
    "home",
    "work",
];

const STREETS: &str = "street|st|avenue|ave|av|road|rd|boulevard|blvd|lane|ln|drive|dr|court|ct|place|pl|square|sq|\
    highway|hwy|parkway|pkwy|way|terrace|ter|circle|cir|crescent|close|row|mews|trail|trl|alley|loop|pike";

const STATES: &str = "al|ak|az|ar|ca|co|ct|de|fl|ga|hi|id|il|in|ia|ks|ky|la|me|md|ma|mi|mn|ms|mo|mt|ne|nv|nh|nj|nm|ny|\
    nc|nd|oh|ok|or|pa|ri|sc|sd|tn|tx|ut|vt|va|wa|wv|wi|wy|dc|pr";

/// Endings of web addresses; those that are words or abbreviations too ("no", "in", "it") are left out.
const ENDINGS: &str = "com|org|net|edu|gov|mil|info|biz|health|clinic|care|dental|hospital|app|io|de|uk|ca|au|fr|es|nl|ch|\
    eu|br|vn|cn|jp|pl|dk|nz|za|mx";

pub(super) fn rules() -> Vec<Rule> {
    use Weight::{Form, Sure, Word, Words};
    let (phone, fax) = (any(PHONE), any(&["fax", "telefax", "facsimile"]));
    let address = any(&["address", "addr", "adresse", "direccion", "residence", "lives at"]);
    let zip = any(&["zip", "zip code", "zipcode", "postal code", "postcode", "post code", "plz", "code postal"]);
    let extension = any(&["ext", "extn", "extension"]);
    let ip = any(&["ip", "ip address", "ip addr", "gateway", "dns", "subnet"]);
    vec![
        rule(Kind::Fax, Words, &format!("{fax}{GAP}(?P<v>{DIALLED})"), dialled),
        rule(Kind::Phone, Word, &format!("{phone}{GAP}(?P<v>{DIALLED})"), dialled),
        rule(Kind::Phone, Word, &format!("{extension}{GAP}(?P<v>[0-9]{{2,6}})(?-u:\\b)"), always),
        rule(
            Kind::Phone,
            Sure,
            r"(?:^|[^0-9.-])(?P<v>(?:\+?1[ .-]{0,2})?\(?[2-9][0-9]{2}(?:\)[ .-]{0,2}|[ .-]{1,2})[2-9][0-9]{2}[ .-]{1,2}[0-9]{4})(?:$|[^0-9-])",
            dialled,
        ),
        rule(Kind::Phone, Sure, r"(?P<v>\+[1-9][0-9 ()./-]{6,20}[0-9])", dialled),
        rule(
            Kind::Phone,
            Form,
            r"(?:^|[^0-9./-])(?P<v>\(?0[1-9][0-9]{0,3}\)?[ /-]{1,3}[0-9]{2,8}(?:[ /-][0-9]{2,5}){0,3})(?:$|[^0-9./-])",
            |hit| super::super::checks::count(hit.value) >= 8 && dialled(hit),
        ),
        rule(Kind::Phone, Form, r"(?:^|[^0-9./-])(?P<v>[2-9][0-9]{2}-[0-9]{4})(?:$|[^0-9./-])", always),
        rule(
            Kind::Email,
            Words,
            r"(?P<v>[a-z0-9][a-z0-9._%+-]{0,63} ?(?:@|\(at\)|\[at\]) ?[a-z0-9-]{1,63}(?: ?\. ?[a-z0-9-]{2,24}){1,4})",
            always,
        ),
        rule(Kind::Url, Word, r"(?P<v>h?ttps? ?[:;.] ?/ ?/ ?[a-z0-9.-]{3,}[^ ]*)", always),
        rule(Kind::Url, Word, r"(?-u:\b)(?P<v>www ?[.,] ?[a-z0-9-]{2,}(?: ?\. ?[a-z0-9-]{2,})*[^ ]*)", always),
        rule(
            Kind::Url,
            Sure,
            &format!(
                r"(?:^|[^@a-z0-9.-])(?P<v>[a-z0-9-]{{2,63}}(?:\.[a-z0-9-]{{1,63}}){{0,3}}\.(?:{ENDINGS})(?:\.[a-z]{{2}})?(?:/[^ ]*)?)(?:$|[^a-z0-9@-])"
            ),
            always,
        ),
        rule(Kind::Url, Form, r"(?:^|[^a-z0-9.@])(?P<v>@[a-z0-9_.-]{3,30})", always),
        rule(Kind::Ip, Words, &format!(r"{ip}{GAP}(?P<v>[0-9]{{1,3}}(?:[.,][0-9]{{1,3}}){{3}})"), always),
        rule(Kind::Ip, Sure, r"(?:^|[^0-9a-z.])(?P<v>[0-9]{1,3}(?:\.[0-9]{1,3}){3})(?:$|[^0-9.])", ip4),
        rule(Kind::Ip, Sure, r"(?:^|[^0-9a-z:.])(?P<v>[0-9a-f:]{3,39})(?:$|[^0-9a-z:])", |hit| {
            hit.value.contains("::") && hit.value.len() > 3 && ip6(hit)
                || hit.value.matches(':').count() == 7 && ip6(hit)
        }),
        rule(
            Kind::Address,
            Sure,
            &format!(
                r"(?:^|[^0-9a-z.])(?P<v>[0-9]{{1,5}}[a-d]?,? (?:[nsew]\.? )?(?:[a-z0-9'-]{{2,}}\.? ){{1,4}}(?:{STREETS}))(?:$|[^a-z])"
            ),
            in_a_street,
        ),
        rule(
            Kind::Address,
            Sure,
            r"(?-u:\b)(?P<v>[a-z-]{2,}(?:strasse|str\.|weg|platz|allee|gasse|laan|straat) ?[0-9]{1,4})(?:$|[^0-9])",
            always,
        ),
        rule(
            Kind::Address,
            Sure,
            r"(?-u:\b)(?P<v>(?:rue|avenue|calle|via|viale|rua|ulica|ul\.) [a-z' -]{3,40},? [0-9]{1,4})",
            always,
        ),
        rule(Kind::Address, Sure, r"(?-u:\b)(?P<v>p\.? ?o\.? ?b[o0]x [0-9]{1,6})", always),
        rule(
            Kind::Address,
            Sure,
            r"(?-u:\b)(?P<v>(?:apt|apartment|suite|ste|unit|flat)[ .#]{1,3}[0-9]{1,5}[a-z]?)(?:$|[^0-9a-z])",
            always,
        ),
        rule(Kind::Address, Word, &format!("{address}{SPACE}(?P<v>[a-z0-9][^\n]{{3,80}})"), not_of_machines),
        rule(Kind::Zip, Word, &format!("{zip}{GAP}(?P<v>[a-z0-9]{{2,4}}[ -]?[a-z0-9]{{3,4}})(?-u:\\b)"), |hit| {
            super::super::checks::count(hit.value) >= 2
        }),
        rule(
            Kind::Zip,
            Sure,
            &format!(r"(?:^|[ ,.])(?:{STATES})[ ,.]{{1,3}}(?P<v>[0-9]{{5}}(?:-[0-9]{{4}})?)(?:$|[^0-9-])"),
            always,
        ),
        rule(Kind::Zip, Sure, r"(?:^|[^0-9-])(?P<v>[0-9]{5}-[0-9]{4})(?:$|[^0-9-])", always),
        rule(
            Kind::Zip,
            Sure,
            r"(?-u:\b)(?P<v>[abceghj-nprstvxy][0-9][a-z][ -]?[0-9][a-z0-9][0-9])(?-u:\b)",
            |hit| !after_version(hit),
        ),
        rule(Kind::Zip, Sure, r"(?-u:\b)(?P<v>[a-z]{1,2}[0-9][0-9a-z]? [0-9][abd-hjlnp-uw-z]{2})(?-u:\b)", always),
    ]
}

/// Whether what looks like a street is none of those that measure: "5 ml per drive", "2 times a day, way".
fn in_a_street(hit: &Hit<'_>) -> bool {
    let second = hit.value.split([' ', ',']).find(|word| word.starts_with(|c: char| c.is_alphabetic()));
    !matches!(
        second,
        Some(
            "mg" | "ml"
                | "g"
                | "kg"
                | "mm"
                | "cm"
                | "m"
                | "times"
                | "x"
                | "days"
                | "hours"
                | "min"
                | "minutes"
                | "people"
                | "of"
        )
    )
}

/// Whether an address is not that of a computer, which a rule of its own tells.
fn not_of_machines(hit: &Hit<'_>) -> bool {
    let before = hit.before.trim_end_matches([' ', ':', '.', ';', '=', '\n', '-']);
    let words: Vec<&str> = before.rsplit(' ').take(2).collect();
    !matches!(words.get(1).copied(), Some("ip" | "mac" | "email" | "e-mail" | "web" | "mail"))
}
