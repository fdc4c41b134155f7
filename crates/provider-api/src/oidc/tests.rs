//! The standards' own examples, and what claims must say. Whole sign-ins are tested against the simulator, in the server's tests.

use serde_json::{Value, json};

use super::claims::{Expected, check};
use super::{Issuer, jws};

const PAYLOAD: &str = "eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ";

/// RFC 7515 appendix A.2 (RS256) and A.3 (ES256): key, header, signature.
fn examples() -> [(Value, &'static str, &'static str); 2] {
    [
        (
            json!({"kty": "RSA", "e": "AQAB", "n": "ofgWCuLjybRlzo0tZWJjNiuSfb4p4fAkd_wWJcyQoTbji9k0l8W26mPddxHmfHQp-Vaw-4qPCJrcS2mJPMEzP1Pt0Bm4d4QlL-yRT-SFd2lZS-pCgNMsD1W_YpRPEwOWvG6b32690r2jZ47soMZo9wGzjb_7OMg0LOL-bSf63kpaSHSXndS5z5rexMdbBYUsLA9e-KXBdQOS-UTo7WTBEMa2R2CapHg665xsmtdVMTBQY4uDZlxvb3qCo5ZwKh9kG4LT6_I5IhlJH7aGhyxXFvUK-DWNmoudF8NAco9_h9iaGNj8q2ethFkMLs91kzk2PAcDTW9gb54h4FRWyuXpoQ"}),
            "eyJhbGciOiJSUzI1NiJ9",
            "cC4hiUPoj9Eetdgtv3hF80EGrhuB__dzERat0XF9g2VtQgr9PJbu3XOiZj5RZmh7AAuHIm4Bh-0Qc_lF5YKt_O8W2Fp5jujGbds9uJdbF9CUAr7t1dnZcAcQjbKBYNX4BAynRFdiuB--f_nZLgrnbyTyWzO75vRK5h6xBArLIARNPvkSjtQBMHlb1L07Qe7K0GarZRmB_eSN9383LcOLn6_dO--xi12jzDwusC-eOkHWEsqtFZESc6BfI7noOPqvhJ1phCnvWh6IeYI2w9QOYEUipUTI8np6LbgGY9Fs98rqVt5AXLIhWkWywlVmtVrBp0igcN_IoypGlUPQGe77Rw",
        ),
        (
            json!({"kty": "EC", "crv": "P-256", "x": "f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU", "y": "x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0"}),
            "eyJhbGciOiJFUzI1NiJ9",
            "DtEhU3ljbEg8L38VWAfUAqOyKAM6-Xx-F4GawxaepmXFCgfTjDxw5djxLa8ISlSApmWQxfKTUJqPP3-Kg6NU1Q",
        ),
    ]
}

#[test]
fn the_standards_signatures_hold_and_no_others() {
    let [(rsa, ..), (ec, ..)] = examples();
    for (key, header, signature) in examples() {
        let token = format!("{header}.{PAYLOAD}.{signature}");
        let set = json!({"keys": [json!({"kty": "oct", "k": "AA"}), key]});
        assert_eq!(jws::verify(&token, &set).unwrap()["iss"], "joe");
        let other = if key == rsa { &ec } else { &rsa };
        let mut wrong_use = key.clone();
        wrong_use["use"] = json!("enc");
        let mut wrong_algorithm = key.clone();
        wrong_algorithm["alg"] = json!("PS256");
        for keys in [
            json!([]),
            json!([other]),
            json!([wrong_use]),
            json!([wrong_algorithm]),
        ] {
            assert!(jws::verify(&token, &json!({"keys": keys})).is_err());
        }
        let flipped = signature.replace(
            &signature[9..10],
            if &signature[9..10] == "A" { "B" } else { "A" },
        );
        for bad in [
            format!("{header}.{PAYLOAD}.{flipped}"),
            format!("{header}.{PAYLOAD}."),
            format!("{header}.{PAYLOAD}"),
            format!("{header}.{PAYLOAD}.{signature}.{signature}"),
            // {"alg":"none"}, and {"alg":"HS256"}.
            format!("eyJhbGciOiJub25lIn0.{PAYLOAD}."),
            format!("eyJhbGciOiJIUzI1NiJ9.{PAYLOAD}.{signature}"),
            format!("{header}.{}.{signature}", "A".repeat(20_000)),
            String::new(),
        ] {
            assert!(jws::verify(&bad, &set).is_err(), "{bad}");
        }
    }
}

fn payload() -> Value {
    json!({"iss": "https://id.example", "aud": "daybook", "sub": "42", "nonce": "n", "iat": 1_000, "exp": 1_300, "email": "ada@example.com", "email_verified": true})
}

fn accepted(change: impl FnOnce(&mut Value)) -> bool {
    let mut payload = payload();
    change(&mut payload);
    let expected = Expected {
        issuer: "https://id.example",
        client_id: "daybook",
        nonce: "n",
        now: jiff::Timestamp::from_second(1_100).unwrap(),
    };
    check(&payload, &expected).is_ok()
}

#[test]
fn claims_are_checked_one_by_one() {
    assert!(accepted(|_| ()));
    assert!(accepted(|p| p["aud"] = json!(["daybook"])));
    assert!(accepted(|p| {
        p["aud"] = json!(["daybook", "other"]);
        p["azp"] = json!("daybook");
    }));
    assert!(accepted(|p| p["exp"] = json!(1_041)), "within the skew");
    for (name, wrong) in [
        ("iss", json!("https://id.example/")),
        ("iss", Value::Null),
        ("aud", json!("other")),
        ("aud", json!(["other"])),
        ("aud", json!(["daybook", "other"])),
        ("aud", json!([])),
        ("aud", json!({"daybook": 1})),
        ("azp", json!("other")),
        ("nonce", json!("m")),
        ("nonce", Value::Null),
        ("exp", json!(1_040)),
        ("exp", Value::Null),
        ("exp", json!("later")),
        ("iat", json!(1_161)),
        ("iat", Value::Null),
        ("nbf", json!(1_161)),
        ("sub", json!("")),
        ("sub", json!(42)),
        ("sub", json!("x".repeat(256))),
    ] {
        assert!(!accepted(|p| p[name] = wrong.clone()), "{name} = {wrong}");
    }
}

#[test]
fn only_a_clear_yes_verifies_an_address() {
    for (value, verified) in [
        (json!(true), true),
        (json!("true"), true),
        (json!(false), false),
        (json!("yes"), false),
        (json!(1), false),
        (Value::Null, false),
    ] {
        let mut payload = payload();
        payload["email_verified"] = value.clone();
        let expected = Expected {
            issuer: "https://id.example",
            client_id: "daybook",
            nonce: "n",
            now: jiff::Timestamp::from_second(1_100).unwrap(),
        };
        let identity = check(&payload, &expected).unwrap();
        assert_eq!(identity.email_verified, verified, "{value}");
        let other = identity.completed_by(
            &json!({"sub": "43", "email": "eve@example.com", "email_verified": true}),
        );
        assert_eq!(other.email.as_deref(), Some("ada@example.com"));
    }
}

#[test]
fn a_document_must_be_the_issuers_own() {
    let document = |issuer: &str| json!({"issuer": issuer, "authorization_endpoint": "https://id.example/a", "token_endpoint": "https://id.example/t", "jwks_uri": "https://id.example/k"});
    assert!(Issuer::read(&document("https://id.example"), "https://id.example").is_ok());
    for other in [
        "https://id.example/",
        "https://evil.example",
        "http://id.example",
        "",
    ] {
        assert!(
            Issuer::read(&document(other), "https://id.example").is_err(),
            "{other}"
        );
    }
    let mut without = document("https://id.example");
    without["jwks_uri"] = json!("javascript:alert(1)");
    assert!(Issuer::read(&without, "https://id.example").is_err());
}
