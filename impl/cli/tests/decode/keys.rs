//! What is verified and opened with keys.

use serde_json::{Value, json};

use crate::support::{KEYS, Validator, dsboot, hex, vectors, visit_mut, with_keys};

#[test]
fn passwords_and_responses_of_rfc_2865() {
    let vectors = &vectors("eap-md5-radius")["rfc2865"];
    let keys = "[[radius]]\nsecret = \"xyzzy5461\"\n";
    let messages = [&vectors["pap_request"], &vectors["pap_accept"]];
    let ended = with_keys("radius", keys, &messages);
    assert_eq!(ended.code, 0, "{}", ended.text());
    for part in ["decrypted: \"arctangent\"", "Response Authenticator, right (secret of"] {
        assert!(ended.text().contains(part), "{part} is missing:\n{}", ended.text());
    }
    let alone = with_keys("radius", keys, &messages[1..]);
    assert_eq!(alone.code, 0);
    assert!(alone.text().contains("not verified (its request was not seen)"), "{}", alone.text());
    let other = with_keys("radius", "[[radius]]\nsecret = \"other\"\n", &messages);
    assert_eq!(other.code, 1, "{}", other.text());
}

#[test]
fn keys_are_derived_from_nonces_and_used_for_what_follows() {
    let vectors = vectors("mobile-ip");
    let messages = ["rrq_ccoa_chapspi", "rrp_ok", "rrq_rereg"].map(|name| &vectors[name]);
    let ended = with_keys("mip4", KEYS, &messages);
    assert_eq!(ended.code, 0, "{}", ended.text());
    let key = vectors["mn_fha_key"].as_str().expect("hex");
    for part in [
        "right (MN-AAA key of mn1@home.example)",
        &format!("learned: MN-FHA key {key}, SPI 0x1001 and 0x2001 (from an RFC 3957 nonce)"),
        "right (key of SPI 0x1001, learned",
        "right (key of SPI 0x2001, learned",
    ] {
        assert!(ended.text().contains(part), "{part} is missing:\n{}", ended.text());
    }
    let without = with_keys("mip4", "", &messages);
    assert_eq!(without.code, 0);
    assert!(without.text().contains("not verified (no MN-AAA key of"), "{}", without.text());

    let given = format!("[[mobile_ip]]\nspi = 0x2001\nkey = \"hex:{key}\"\n");
    let ended = with_keys("mip4", &given, &messages[2..]);
    assert!(ended.text().contains("right (key of SPI 0x2001)"), "{}", ended.text());
}

#[test]
fn pana_is_verified_by_the_msk_and_by_the_key_itself() {
    let vectors = &vectors("eap-md5-radius")["pana_auth"];
    let names = ["initial_request", "initial_answer"];
    let opening = names.map(|name| &vectors[name]);
    let nonces = [("a pan", "pac_nonce", 0_u16), ("a par", "paa_nonce", 0x8000)];
    let messages: Vec<Value> = nonces
        .iter()
        .map(|(_, name, flags)| {
            let nonce = hex(vectors[name].as_str().expect("hex"));
            let mut message = [0_u16, 16 + 8 + 20, *flags, 2].map(u16::to_be_bytes).concat();
            message.extend([0x5a, 0x5b, 0, 2, 0x11, 0x22, 0x33, 0x45, 0, 5, 0, 0, 0, 20, 0, 0]);
            message.extend(nonce);
            json!(message.iter().map(|octet| format!("{octet:02x}")).collect::<String>())
        })
        .collect();
    let last = [&vectors["last_request"], &vectors["last_answer"]];
    let all: Vec<&Value> = opening.into_iter().chain(&messages).chain(last).collect();
    let text = |name: &str| vectors[name].as_str().expect("hex").to_owned();
    let by_msk = format!("[[pana]]\nmsk = \"hex:{}\"\n", text("msk"));
    let by_key =
        format!("[[pana]]\nsession = 0x5a5b0002\nauth_key = \"hex:{}\"\n", text("auth_key"));
    for keys in [by_msk, by_key] {
        let ended = with_keys("pana", &keys, &all);
        let right = ended.text().matches("AUTH value, right (PANA_AUTH_KEY of session").count();
        assert_eq!(right, 2, "{}", ended.text());
        assert_eq!(ended.code, 0, "{}", ended.text());
    }
}

//= wire.7.11
#[test]
fn eap_md5_is_verified_by_the_password_and_the_challenge_before() {
    let vectors = &vectors("eap-md5-radius");
    let secret = hex(vectors["radius_secret"].as_str().expect("hex"));
    let secret = std::str::from_utf8(&secret).expect("text").to_owned();
    let user = "mn1@example.net";
    let keys = |password: &str| {
        format!(
            "[[radius]]\nsecret = \"{secret}\"\n[[password]]\nuser = \"{user}\"\npassword = \"{password}\"\n"
        )
    };
    let names =
        ["access_request_identity", "access_challenge", "access_request_md5", "access_accept"];
    let messages = names.map(|name| &vectors[name]);
    let ended = with_keys("radius", &keys("mn1-eap-secret"), &messages);
    assert_eq!(ended.code, 0, "{}", ended.text());
    let right = "Value, right (password of mn1@example.net)";
    assert!(ended.text().contains(right), "{}", ended.text());
    let other = with_keys("radius", &keys("another"), &messages);
    let wrong = "Value, WRONG (password of mn1@example.net), should be";
    assert!(other.code == 1 && other.text().contains(wrong), "{}", other.text());
    let alone = with_keys("radius", &keys("mn1-eap-secret"), &messages[2..]);
    assert!(alone.text().contains("not verified (its challenge was not seen)"), "{}", alone.text());
    let nobody = with_keys("radius", &format!("[[radius]]\nsecret = \"{secret}\"\n"), &messages);
    assert!(
        nobody.code == 0 && nobody.text().contains("(no password of mn1@"),
        "{}",
        nobody.text()
    );

    // The same by itself, and over PANA.
    let names = ["eap_response_identity", "eap_request_md5", "eap_response_md5"];
    let ended = with_keys("eap", &keys("mn1-eap-secret"), &names.map(|name| &vectors[name]));
    assert!(ended.text().contains(right), "{}", ended.text());
    let pana = vectors["pana"].as_array().expect("messages").iter();
    let pana: Vec<&Value> = pana.map(|message| &message["octets"]).collect();
    let ended = with_keys("pana", &keys("mn1-eap-secret"), &pana);
    assert!(ended.text().contains(right), "{}", ended.text());
}

/// A RADIUS packet of these attributes.
fn radius(code: u8, attributes: &[(u8, &[u8])]) -> Value {
    let mut octets = [&[code, 9, 0, 0][..], &[7; 16]].concat();
    for (kind, value) in attributes {
        octets.extend([*kind, u8::try_from(value.len() + 2).expect("short")]);
        octets.extend(*value);
    }
    let length = u16::try_from(octets.len()).expect("short");
    octets[2..4].copy_from_slice(&length.to_be_bytes());
    json!(octets.iter().map(|octet| format!("{octet:02x}")).collect::<String>())
}

//= wire.5.9
#[test]
fn eap_in_several_attributes_is_verified_changed_and_signed() {
    let challenge = [&[1, 5, 0, 22, 4, 16][..], &[3; 16]].concat();
    let value = dsboot_codec::eap::md5_value(5, b"secret", &[3; 16]);
    let name = [b'n'; 300];
    let mut response = [&[2, 5, 0, 0, 4, 16][..], &value, &name].concat();
    let length = u16::try_from(response.len()).expect("short");
    response[2..4].copy_from_slice(&length.to_be_bytes());
    let asked = radius(11, &[(79, &challenge), (24, b"state")]);
    let pieces = [&response[..9], &response[9..200], &response[200..]].map(|piece| (79, piece));
    let answered = radius(1, &[&[(1, &b"user"[..])], &pieces[..], &[(24, b"state")]].concat());
    let keys = "[[password]]\nuser = \"user\"\npassword = \"secret\"\n";
    let ended = with_keys("radius", keys, &[&asked, &answered]);
    assert_eq!(ended.code, 0, "{}", ended.text());
    for part in [
        "EAP packet, part 3 of 3",
        "EAP packet of these 3 attributes:",
        "EAP-Response/MD5-Challenge",
        "Value, right (password of user)",
    ] {
        assert!(ended.text().contains(part), "{part} is missing:\n{}", ended.text());
    }

    // Another password: the value is made anew in its two pieces.
    let directory = tempfile::tempdir().expect("a directory");
    let path = directory.path().join("keys.toml");
    std::fs::write(&path, keys.replace("secret", "another")).expect("written");
    let keys = path.to_str().expect("a path");
    let input = format!("{}\n{}\n", asked.as_str().expect("hex"), answered.as_str().expect("hex"));
    let args = ["decode", "--json", "--lines", "--as", "radius"];
    let decoded = dsboot(&args, input.as_bytes());
    let validator = Validator::new();
    decoded.documents().iter().for_each(|document| validator.check(document));
    let again = dsboot(&["encode"], &decoded.out);
    assert_eq!(again.text().replace("\n\n", "\n"), input);
    let fix = ["encode", "--fix", "authenticators", "--keys", keys];
    let signed = dsboot(&fix, &decoded.out);
    assert_eq!(signed.text().len(), again.text().len(), "{}", signed.err);
    let ended = dsboot(&["decode", "--as", "radius", "--keys", keys], &signed.out);
    assert_eq!(ended.code, 0, "{}", ended.text());
    assert!(ended.text().contains("Value, right (password of user)"), "{}", ended.text());

    // And another name in the view, which all lengths follow.
    let mut document = decoded.documents().remove(1);
    visit_mut(&mut document["views"][0]["nodes"], &mut |node| {
        if node["name"] == "Name" {
            node["value"] = json!("short");
        }
    });
    let fixed = dsboot(&["encode", "--fix", "lengths"], document.to_string().as_bytes());
    let ended = dsboot(&["decode", "--as", "radius"], &fixed.out);
    assert!(ended.code == 0 && ended.text().contains("Name: \"short\""), "{}", ended.text());
}

//= wire.4.13
//= wire.4.19
#[test]
fn passwords_in_pap_and_chap_are_verified() {
    let vectors = &vectors("eap-md5-radius")["rfc2865"];
    let keys = |password: &str| {
        ["nemo", "flopsy"]
            .map(|user| format!("[[password]]\nuser = \"{user}\"\npassword = \"{password}\"\n"))
            .concat()
            + "[[radius]]\nsecret = \"xyzzy5461\"\n"
    };
    let messages = [&vectors["pap_request"], &vectors["chap_request"]];
    let ended = with_keys("radius", &keys("arctangent"), &messages);
    assert_eq!(ended.code, 0, "{}", ended.text());
    for part in [
        "Hidden password: decrypted: \"arctangent\", right (password of nemo)",
        "Response, right (password of flopsy)",
    ] {
        assert!(ended.text().contains(part), "{part} is missing:\n{}", ended.text());
    }
    let ended = with_keys("radius", &keys("cotangent"), &messages);
    assert_eq!(ended.text().matches("WRONG (password of").count(), 2, "{}", ended.text());
}
