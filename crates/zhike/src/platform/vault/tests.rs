use super::*;

const PHONE: Column = Column::new("customer", "phone", "customer.phone", Kind::Phone);
const CONTACT_PHONE: Column = Column::new("contact", "phone", "contact.phone", Kind::Phone);
const EMAIL: Column = Column::new("customer", "email", "customer.email", Kind::Email);

fn vault() -> Vault {
    Vault::from_root(&[7; 32])
}

#[test]
fn a_value_comes_back_and_is_not_seen() {
    let (vault, row) = (vault(), Uuid::now_v7());
    let canary = "13800138000";
    let sealed = vault.seal(&PHONE, row, canary).expect("sealed");
    assert_eq!(vault.open_sealed(&PHONE, row, &sealed).expect("opened"), canary);
    assert!(!sealed.windows(4).any(|window| canary.as_bytes().windows(4).any(|part| part == window)));
    assert_ne!(sealed, vault.seal(&PHONE, row, canary).expect("sealed"), "two seals of one value differ");
    assert!(!format!("{vault:?}").contains("0707"), "the key is not printed");
}

#[test]
fn a_value_opens_nowhere_else() {
    let (vault, row) = (vault(), Uuid::now_v7());
    let sealed = vault.seal(&PHONE, row, "13800138000").expect("sealed");
    assert!(vault.open_sealed(&PHONE, Uuid::now_v7(), &sealed).is_err(), "another row");
    assert!(vault.open_sealed(&CONTACT_PHONE, row, &sealed).is_err(), "another table");
    assert!(vault.open_sealed(&EMAIL, row, &sealed).is_err(), "another column");
    assert!(Vault::from_root(&[8; 32]).open_sealed(&PHONE, row, &sealed).is_err(), "another root key");
}

#[test]
fn every_altered_byte_is_noticed() {
    let (vault, row) = (vault(), Uuid::now_v7());
    let sealed = vault.seal(&PHONE, row, "13800138000").expect("sealed");
    for position in 0..sealed.len() {
        let mut altered = sealed.clone();
        altered[position] ^= 1;
        assert!(vault.open_sealed(&PHONE, row, &altered).is_err(), "byte {position}");
    }
    for length in 0..sealed.len() {
        assert!(vault.open_sealed(&PHONE, row, &sealed[..length]).is_err(), "cut to {length}");
    }
}

#[test]
fn an_index_finds_every_spelling_of_its_own_column() {
    let vault = vault();
    assert_eq!(vault.index(&PHONE, "+86 138-0013-8000"), vault.index(&PHONE, "１３８００１３８０００"));
    assert_ne!(vault.index(&PHONE, "13800138000"), vault.index(&CONTACT_PHONE, "13800138000"));
    assert_ne!(vault.index(&PHONE, "13800138000"), vault.index(&PHONE, "13800138001"));
    assert_eq!(vault.last4_index(&PHONE, "13800138000"), vault.last4_index(&PHONE, "8000"));
    assert_eq!(vault.last4_index(&PHONE, "800"), None);
}

#[test]
fn missing_values_stay_missing() {
    let (vault, row) = (vault(), Uuid::now_v7());
    assert_eq!(vault.seal_some(&PHONE, row, None).expect("nothing"), None);
    assert_eq!(vault.seal_some(&PHONE, row, Some("")).expect("nothing"), None);
}

store::db_test! {
    crate::app::MIGRATIONS;
    fn a_wrong_key_is_refused_at_start(db) {
        let (first, second) = (vault(), Vault::from_root(&[8; 32]));
        let refused = db.write_blocking(move |tx| {
            assert_eq!(enrolled(tx)?, None);
            prove(tx, &first)?;
            prove(tx, &first)?;
            assert!(enrolled(tx)?.is_some());
            Ok::<_, Error>(prove(tx, &second).err().map(|error| error.code))
        });
        assert_eq!(refused.expect("written"), Some("vault.wrong_key"));
    }
}

proptest::proptest! {
    #[test]
    fn anything_comes_back(value in "\\PC{0,80}", row: u128) {
        let (vault, row) = (vault(), Uuid::from_u128(row));
        let sealed = vault.seal(&EMAIL, row, &value).expect("sealed");
        proptest::prop_assert_eq!(vault.open_sealed(&EMAIL, row, &sealed).expect("opened"), value);
    }
}
