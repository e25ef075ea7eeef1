//! What the rules take for what, and what they must not. The cases are made up or are published examples.

use super::*;
use Kind::{
    Account, Address, AgeOver89, Date, Device, Email, Fax, HealthPlan, Ip, Licence, Name, Other, Phone, Record,
    Ssn, Url, Vehicle, Zip,
};

fn line(text: &str, place: Rect) -> Line {
    Line { text: Secret::new(text.to_owned()), place }
}

fn kinds(text: &str) -> Vec<Kind> {
    let labels = label(&[line(text, Rect::from_xywh(0.0, 0.0, 100.0, 10.0))]);
    assert_eq!(labels.fired[0], !labels.counts.is_empty());
    labels.counts.into_iter().flat_map(|(kind, n)| std::iter::repeat_n(kind, n)).collect()
}

const ONE_KIND: &[(Kind, &[&str])] = &[
    (
        Name,
        &[
            "Patient Name: Jane Q. Public",
            "NAME John Smith",
            "N4ME: Smith",
            "Patient: DOE, JANE",
            "Dr. Alice Wong",
            "Mrs O'Neill",
            "Alice Wong, MD",
            "John Smith RN",
            "Smith, John",
            "Surname: Müller",
            "Your nurse is: Maria",
            "Attending: K. Patel",
            "Patient: Иван Петров",
            "Herr Schulz",
            "Next of kin: Ann Lee",
            "Employer: Acme Works",
        ],
    ),
    (
        Date,
        &[
            "03/14/1961",
            "14.03.1961",
            "1961-03-14",
            "3/4/21",
            "14 March 1961",
            "14MAR1961",
            "March 14, 1961",
            "Mar 14 61",
            "DOB 3/14",
            "D0B: O3/l4/I96I",
            "Date of Birth: 12 05 1980",
            "Feb 2021",
            "03/2021",
            "19610314",
            "14. März 1961",
            "3 de enero de 1980",
            "2021年3月4日",
            "Admitted: 12/05",
            "Collected 04-11-2020",
            "2021-03-04T10:00",
            "5th of June",
            "June 5",
            "Geb. 01.02.1950",
        ],
    ),
    (
        AgeOver89,
        &["Age: 94", "94 y/o male", "101 years old", "Aged 90", "93-year-old", "92 yo", "91 years", "97 y F"],
    ),
    (
        Phone,
        &[
            "(555) 234-5678",
            "555-234-5678",
            "555.234.5678",
            "+1 555 234 5678",
            "+44 20 7946 0958",
            "Tel: 030 123456 78",
            "Phone 234 5678",
            "Ph: 5552345678",
            "Call 1-800-234-5678",
            "234-5678",
            "0171 234 5678",
            "ext. 4021",
            "(555)234-5678",
            "Mobile: 0901234567",
            "TeI. 555 234 5678",
            "+84 90 123 45 67",
        ],
    ),
    (Fax, &["Fax: 555-234-5678", "FAX (555) 234-5678", "Telefax 030 1234567", "fax no. 555 234 5678"]),
    (
        Email,
        &[
            "jane@example.org",
            "jane.doe @ example . org",
            "j_d+x@mail.example.co.uk",
            "Email: info@clinic.example.com",
            "jane(at)example.org",
        ],
    ),
    (
        Ssn,
        &[
            "123-45-6789",
            "SSN: 123456789",
            "S5N 123 45 6789",
            "Social Security No. 123-45-6789",
            "SSN xxx-xx-6789",
            "SSN: 6789",
            "l23-45-6789",
        ],
    ),
    (
        Record,
        &[
            "MRN: 00123456",
            "MRN00123456",
            "MR# 445-882",
            "Patient ID: A123456",
            "Accession 21-004512",
            "Medical Record No 887766",
            "Specimen: S2104512",
            "Case # 2021-445",
            "Visit no: 998877",
            "NHS No 943 476 5919",
            "M.R.N. 12345",
            "MRN OOl23456",
            "Rx 7654321",
        ],
    ),
    (
        HealthPlan,
        &[
            "Member ID: XEH123456789",
            "1EG4-TE5-MK73",
            "1EG4TE5MK73",
            "Policy No. 998877",
            "Group #: 0012345",
            "RxBIN 610014",
            "Medicare: 123456789A",
        ],
    ),
    (
        Account,
        &[
            "Acct: 55512345",
            "Account No 9876543",
            "4111 1111 1111 1111",
            "GB82 WEST 1234 5698 7654 32",
            "Invoice 20217788x",
            "A/C 1234567",
        ],
    ),
    (
        Licence,
        &[
            "License: D1234567",
            "NPI 1234567893",
            "DEA AB1234563",
            "Passport No: X1234567",
            "Lic. # 778899",
            "AB1234563",
        ],
    ),
    (
        Vehicle,
        &[
            "License plate: ABC 1234",
            "1M8GDM9AXKP042788",
            "AB12 CDE",
            "ABC-1234",
            "7ABC123",
            "M-AB 1234",
            "VIN 1234567890",
        ],
    ),
    (
        Device,
        &[
            "S/N: 4C88-1123",
            "Serial No 778812",
            "(01)00643169001763",
            "(01) 00643169001763 (17) 250101",
            "REF 1234-567",
            "LOT 88A123",
            "00:1A:2B:3C:4D:5E",
            "UDI: 00643169001763",
            "(21) A1234567",
            "IMEI 490154203237518",
        ],
    ),
    (
        Url,
        &[
            "www.example.org",
            "https://example.org/a?b=1",
            "example.com",
            "Visit clinic.example.co.uk",
            "@main_street_dental",
            "http : // example.org",
        ],
    ),
    (Ip, &["10.0.12.7", "192.168.0.1", "IP 10.0.0.1", "2001:db8::7", "l92.l68.O.l", "fe80::1ff:fe23:4567:890a"]),
    (Zip, &["Springfield, IL 62704", "62704-1234", "ZIP: 62704", "SW1A 1AA", "K1A 0B1", "PLZ 10115"]),
    (
        Address,
        &[
            "123 Main Street",
            "4500 N. Lake Shore Dr",
            "P.O. Box 1234",
            "Apt 4B",
            "Hauptstraße 12",
            "Address: Old Mill",
            "Suite 300",
        ],
    ),
    (Other, &["Room 412", "Bed: 3", "Badge 55123", "00412345", "A1234567", "Employee ID 4455"]),
];

#[test]
fn each_kind_is_told_in_many_spellings() {
    let mut wrong = Vec::new();
    for (kind, texts) in ONE_KIND {
        for text in *texts {
            let told = kinds(text);
            if told != [*kind] {
                wrong.push(format!("{kind:?} {text:?}: {told:?}"));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn near_misses_are_nothing() {
    let misses = [
        "EXIT",
        "Push",
        "Wash your hands",
        "Reception",
        "Patient safety first",
        "Patient care",
        "Name badge required",
        "Names",
        "Take 2 tablets daily",
        "500 mg",
        "0.9 % NaCl 1000 ml",
        "BP 120/80",
        "HR 72",
        "SpO2 98%",
        "pH 7.35-7.45",
        "1/2 tablet",
        "Version 1.2.3.4",
        "v1.2.3.4",
        "1.2.13",
        "Rev. 10.0.12",
        "Section 3.2.10",
        "Age: 45",
        "45 y/o",
        "89 years old",
        "Est. 1995",
        "2021",
        "$1,234.56",
        "12.50",
        "1,000,000",
        "24/7",
        "10:30",
        "9:00 - 17:00",
        "12:30:45",
        "Open 8-5",
        "999.1.1.1",
        "300.1.1.1",
        "SSN: 000-12-3456",
        "666-12-3456",
        "987-65",
        "Temp 98.6 F",
        "Size 10",
        "4 x 4 gauze",
        "100 %",
        "3rd floor",
        "May I help you",
        "take 2 may repeat",
        "Mar 10 mg",
        "Doctor",
        "Nurse call",
        "Fax",
        "Telephone",
        "Email:",
        "Chart",
        "Account",
        "Members only",
        "a.m. - p.m.",
        "e.g.",
        "No. 5",
        "Level 2",
        "5 ms delay",
        "Dr.",
        "99 bottles",
        "1 of 12",
        "COVID-19",
        "H1N1",
        "B12",
        "T4",
        "Date:",
        "Lot of care",
        "final 12",
        "Vitamin D3",
        "the.",
        "Ward",
        "Room",
        "push, pull",
    ];
    let wrong: Vec<_> =
        misses.iter().map(|text| (text, kinds(text))).filter(|(_, told)| !told.is_empty()).collect();
    assert!(wrong.is_empty(), "{wrong:?}");
}

#[test]
fn one_line_may_hold_several() {
    assert_eq!(kinds("Name: Jane Doe DOB 3/14/1961 MRN 00123456"), [Name, Date, Record]);
    assert_eq!(kinds("Tel 555-234-5678 Fax 555-234-5679"), [Phone, Fax]);
    assert_eq!(kinds("123 Main Street, Springfield, IL 62704"), [Address, Zip]);
    assert_eq!(kinds("03/14/1961 - 04/15/1962"), [Date, Date]);
}

/// Two columns of a form, lines 20 pixels apart.
fn form(rows: &[&[&str]]) -> Labels {
    let cells =
        rows.iter().enumerate().flat_map(|(y, row)| row.iter().enumerate().map(move |(x, text)| (x, y, *text)));
    let lines: Vec<_> = cells
        .map(|(x, y, text)| line(text, Rect::from_xywh(150.0 * x as f32, 40.0 * y as f32, 110.0, 12.0)))
        .collect();
    label(&lines)
}

#[test]
fn a_word_and_its_value_in_neighbouring_lines_belong_together() {
    let labels = form(&[
        &["Patient Name", "Jane Doe"],
        &["MRN", "00123456"],
        &["Date of birth", "1961"],
        &["Fax", "555-234-5678"],
    ]);
    let counted: Vec<_> = labels.counts.into_iter().collect();
    assert_eq!(counted, [(Name, 1), (Fax, 1), (Record, 1)]);
    assert_eq!(labels.fired, [true, true, true, true, false, false, true, true]);
}

#[test]
fn a_value_below_its_word_belongs_to_it() {
    let lines = [
        line("Surname", Rect::from_xywh(0.0, 0.0, 60.0, 10.0)),
        line("Smith", Rect::from_xywh(0.0, 12.0, 50.0, 10.0)),
        line("EXIT", Rect::from_xywh(300.0, 200.0, 50.0, 30.0)),
    ];
    let labels = label(&lines);
    assert_eq!(labels.counts.into_iter().collect::<Vec<_>>(), [(Name, 1)]);
    assert_eq!(labels.fired, [true, true, false]);
}

#[test]
fn a_harmless_word_beside_a_word_that_calls_for_a_name_is_not_counted_as_harmless() {
    let lines = [
        line("Next of kin:", Rect::from_xywh(0.0, 0.0, 60.0, 10.0)),
        line("Clean", Rect::from_xywh(70.0, 0.0, 50.0, 10.0)),
    ];
    assert_eq!(label(&lines).fired, [true, true]);
}

#[test]
fn labels_hold_no_word() {
    let labels = form(&[&["Patient Name", "Jane Doe"]]);
    assert!(!format!("{labels:?}").contains("Jane"));
}
