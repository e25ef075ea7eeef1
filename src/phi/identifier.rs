//! What identifies, as a law lists it and as a line of text can show it. Separate, because reports speak in these words and
//! rules only produce them.

use serde::{Deserialize, Serialize};

use crate::finding::Class;

/// The identifiers of the Safe Harbor method, 45 CFR 164.514(b)(2)(i), by their letters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum SafeHarbor {
    /// (A) Names.
    Names,
    /// (B) Places smaller than a state.
    Places,
    /// (C) Dates finer than a year, and ages over 89.
    Dates,
    /// (D) Telephone numbers.
    Telephones,
    /// (E) Fax numbers.
    Faxes,
    /// (F) E-mail addresses.
    Emails,
    /// (G) Social security numbers.
    SocialSecurity,
    /// (H) Medical record numbers.
    Records,
    /// (I) Health plan beneficiary numbers.
    HealthPlans,
    /// (J) Account numbers.
    Accounts,
    /// (K) Certificate and licence numbers.
    Licences,
    /// (L) Vehicle identifiers and licence plates.
    Vehicles,
    /// (M) Device identifiers and serial numbers.
    Devices,
    /// (N) Web addresses.
    Urls,
    /// (O) Internet protocol addresses.
    Ips,
    /// (P) Biometric identifiers, finger and voice prints among them.
    Biometrics,
    /// (Q) Full-face photographs and comparable images.
    Faces,
    /// (R) Any other unique number, characteristic or code.
    Others,
}

/// How an identifier is met, in text or elsewhere.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Means {
    /// Lines of text are told apart by rules. Whatever the rules say, all text goes by default.
    Text,
    /// A detector finds it, whatever it says.
    Detector(Class),
    /// The sound is dropped by default; what a picture shows (fingerprints, irises, gait) is not looked for.
    Sound,
}

impl SafeHarbor {
    /// All eighteen, in the order of the law.
    pub const ALL: [Self; 18] = [
        Self::Names,
        Self::Places,
        Self::Dates,
        Self::Telephones,
        Self::Faxes,
        Self::Emails,
        Self::SocialSecurity,
        Self::Records,
        Self::HealthPlans,
        Self::Accounts,
        Self::Licences,
        Self::Vehicles,
        Self::Devices,
        Self::Urls,
        Self::Ips,
        Self::Biometrics,
        Self::Faces,
        Self::Others,
    ];

    /// Its letter in the law, `A` to `R`.
    pub const fn letter(self) -> char {
        (b'A' + self as u8) as char
    }

    /// How it is met here.
    pub const fn means(self) -> Means {
        match self {
            Self::Faces => Means::Detector(Class::Face),
            Self::Biometrics => Means::Sound,
            Self::Names
            | Self::Places
            | Self::Dates
            | Self::Telephones
            | Self::Faxes
            | Self::Emails
            | Self::SocialSecurity
            | Self::Records
            | Self::HealthPlans
            | Self::Accounts
            | Self::Licences
            | Self::Vehicles
            | Self::Devices
            | Self::Urls
            | Self::Ips
            | Self::Others => Means::Text,
        }
    }
}

/// What a line of text seems to hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// A person's name, told by a title, a degree or the words before it.
    Name,
    /// A street, a post box, or what follows the word "address".
    Address,
    /// A postal code.
    Zip,
    /// A date finer than a year.
    Date,
    /// An age over 89.
    AgeOver89,
    /// A telephone number.
    Phone,
    /// A fax number.
    Fax,
    /// An e-mail address.
    Email,
    /// A social security number.
    Ssn,
    /// A number of a medical record, a visit, a case or a specimen.
    Record,
    /// A number of a health plan or its member.
    HealthPlan,
    /// A number of an account, a card or an invoice.
    Account,
    /// A number of a licence, a certificate or a passport.
    Licence,
    /// A licence plate or a vehicle's number.
    Vehicle,
    /// A device's serial number or identifier.
    Device,
    /// A web address or a name on a social network.
    Url,
    /// An address of a computer on a network.
    Ip,
    /// A long number or a room whose kind cannot be told.
    Other,
}

impl Kind {
    /// Every kind, in the order in which reports list them.
    pub const ALL: [Self; 18] = [
        Self::Name,
        Self::Address,
        Self::Zip,
        Self::Date,
        Self::AgeOver89,
        Self::Phone,
        Self::Fax,
        Self::Email,
        Self::Ssn,
        Self::Record,
        Self::HealthPlan,
        Self::Account,
        Self::Licence,
        Self::Vehicle,
        Self::Device,
        Self::Url,
        Self::Ip,
        Self::Other,
    ];

    /// What the law calls it.
    pub const fn safe_harbor(self) -> SafeHarbor {
        match self {
            Self::Name => SafeHarbor::Names,
            Self::Address | Self::Zip => SafeHarbor::Places,
            Self::Date | Self::AgeOver89 => SafeHarbor::Dates,
            Self::Phone => SafeHarbor::Telephones,
            Self::Fax => SafeHarbor::Faxes,
            Self::Email => SafeHarbor::Emails,
            Self::Ssn => SafeHarbor::SocialSecurity,
            Self::Record => SafeHarbor::Records,
            Self::HealthPlan => SafeHarbor::HealthPlans,
            Self::Account => SafeHarbor::Accounts,
            Self::Licence => SafeHarbor::Licences,
            Self::Vehicle => SafeHarbor::Vehicles,
            Self::Device => SafeHarbor::Devices,
            Self::Url => SafeHarbor::Urls,
            Self::Ip => SafeHarbor::Ips,
            Self::Other => SafeHarbor::Others,
        }
    }

    /// One of it, in words ("record number").
    pub const fn name(self) -> &'static str {
        match self {
            Self::Name => "name",
            Self::Address => "address",
            Self::Zip => "postal code",
            Self::Date => "date",
            Self::AgeOver89 => "age over 89",
            Self::Phone => "telephone number",
            Self::Fax => "fax number",
            Self::Email => "e-mail address",
            Self::Ssn => "social security number",
            Self::Record => "record number",
            Self::HealthPlan => "health plan number",
            Self::Account => "account number",
            Self::Licence => "licence number",
            Self::Vehicle => "vehicle number",
            Self::Device => "device number",
            Self::Url => "web address",
            Self::Ip => "network address",
            Self::Other => "other number",
        }
    }

    /// Several of it, in words.
    pub fn plural(self) -> String {
        match self {
            Self::Address | Self::Email | Self::Url | Self::Ip => format!("{}es", self.name()),
            Self::AgeOver89 => "ages over 89".to_owned(),
            _ => format!("{}s", self.name()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_eighteen_have_their_letter_and_a_way_to_be_met() {
        let letters: String = SafeHarbor::ALL.iter().map(|s| s.letter()).collect();
        assert_eq!(letters, "ABCDEFGHIJKLMNOPQR");
        for identifier in SafeHarbor::ALL {
            let told = Kind::ALL.iter().any(|kind| kind.safe_harbor() == identifier);
            assert_eq!(told, identifier.means() == Means::Text, "{identifier:?}");
        }
    }

    #[test]
    fn every_kind_has_a_name_and_a_plural_of_its_own() {
        for (a, b) in Kind::ALL.iter().flat_map(|a| Kind::ALL.iter().map(move |b| (a, b))) {
            assert!(a == b || (a.name() != b.name() && a.plural() != b.plural()));
        }
    }
}
