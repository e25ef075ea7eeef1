//! The table and the page.

use super::*;

/// A trail with everything in it that could do harm in a table or a page.
fn hostile() -> Place {
    let place = Place::new();
    let mut trail = place.open();
    let key = trail.key().clone();
    let What::Run(run) = run() else { unreachable!("a run") };
    let operator = Some("=1+1\"<script>alert('&')</script>".to_owned());
    trail.append(NOW, What::Run(Run { operator: operator.clone(), ..run })).unwrap();
    let What::Input(one) = input(&key, 3) else { unreachable!("an input") };
    let reason = Some("a, \"b\"\n<img src=http://x>".to_owned());
    let outcome = "withheld".to_owned();
    trail.append(NOW, What::Input(Box::new(Input { operator, reason, outcome, ..*one }))).unwrap();
    trail.append(NOW, input(&key, 4)).unwrap();
    place
}

#[test]
fn the_page_escapes_everything_loads_nothing_and_claims_nothing() {
    let place = hostile();
    let (chain, rows) = read(&place.path(), Some(&place.key())).unwrap();
    let mut page = Vec::new();
    write_html(&chain, &rows, NOW, &mut page).unwrap();
    let page = String::from_utf8(page).unwrap();
    assert!(page.contains("&lt;script&gt;alert(&#39;&amp;&#39;)&lt;/script&gt;"), "{page}");
    let lower = page.to_lowercase();
    for bad in ["<script", "<img", "<link", "src=", "href=", "url(", "@import", "compliant", "anonym"] {
        assert!(
            !lower.contains(&format!("<td>{bad}")) && !lower.replace("&lt;img src=http", "").contains(bad),
            "{bad}"
        );
    }
    assert!(page.contains("default-src 'none'"));
    assert!(page.contains(&chain.head) && page.contains("2026-01-01 00:00:00 UTC"));
    assert!(page.contains("1 clean, 1 withheld") && page.contains("7 face"));
    assert!(
        page.contains("14 date") && page.contains("told: 8 date<br>spared lines: 4<br>faces kept under: 1 A-1")
    );
}

#[test]
fn the_page_of_a_broken_trail_says_so_first() {
    let place = hostile();
    let mut bytes = place.bytes();
    let at = bytes.len() - 20;
    bytes[at] = if bytes[at] == b'0' { b'1' } else { b'0' };
    place.put(&bytes);
    let (chain, rows) = read(&place.path(), Some(&place.key())).unwrap();
    let mut page = Vec::new();
    write_html(&chain, &rows, NOW, &mut page).unwrap();
    let page = String::from_utf8(page).unwrap();
    assert!(page.contains("<p class=\"broken\">The chain of rows BROKEN in line 4"), "{page}");
    assert!(!page.contains("4 face"), "what does not hold is not listed");
}

#[test]
fn the_table_has_a_line_an_input_and_no_formula() {
    let place = hostile();
    let mut table = Vec::new();
    write_csv(&place.rows(), &mut table).unwrap();
    let table = String::from_utf8(table).unwrap();
    assert_eq!(table.matches("\r\n").count(), 3, "{table}");
    assert!(table.contains("\"a, \"\"b\"\"\n<img"), "{table}");
    assert!(table.contains("\"'=1+1"), "{table}");
    assert_eq!(table.lines().next().unwrap().split(',').count(), 16);
    assert!(table.contains(",4 face,8 date,4,1 A-1,"), "{table}");
}

#[test]
fn totals_add_up() {
    let totals = Totals::of(&hostile().rows());
    assert_eq!((totals.runs, totals.inputs, totals.outputs), (1, 2, 2));
    assert_eq!(totals.outcomes, BTreeMap::from([("clean".to_owned(), 1), ("withheld".to_owned(), 1)]));
    assert_eq!(totals.found, BTreeMap::from([("face".to_owned(), 7)]));
    assert_eq!((totals.identifiers.get("date"), totals.spared), (Some(&14), 7));
    assert!(totals.authorized["A-1"] > 1);
    assert_eq!((totals.from_unix_s, totals.to_unix_s), (Some(NOW), Some(NOW)));
}
