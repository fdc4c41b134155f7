//! `GET /me`: who the account is (contracts/microsoft §2). The key is the directory's object id, never an address.

use daybook_provider_api::registry::Identity;
use daybook_provider_api::{Result, Session};
use serde_json::Value;

use super::super::errors;

/// Who the credentials belong to.
pub(in super::super) struct Me;

impl Me {
    /// Sends it.
    pub(in super::super) async fn send(&self, session: &Session<'_>) -> Result<Identity> {
        let usual = format!("{}/me", session.api_url.trim_end_matches('/'));
        let base = session.userinfo_url.as_deref().unwrap_or(&usual);
        parse(&super::send(session, Self::request(base)?).await?)
    }

    fn request(base: &str) -> Result<http::Request<bytes::Bytes>> {
        let select = [("$select", "id,displayName,mail,userPrincipalName")];
        super::get(&super::address(base, &[], &select))
    }
}

/// Graph's own names, else those of OpenID's userinfo for operators who point there.
fn parse(body: &[u8]) -> Result<Identity> {
    let json: Value = serde_json::from_slice(body).map_err(|_| errors::malformed())?;
    let text = |names: [&str; 2]| {
        let found = names.iter().find_map(|name| json.get(name)?.as_str());
        found
            .filter(|text| !text.trim().is_empty())
            .map(str::to_owned)
    };
    // `mail` may be null; the sign-in name of a guest is no address.
    let sign_in = text(["userPrincipalName", "preferred_username"])
        .filter(|name| name.contains('@') && !name.to_uppercase().contains("#EXT#"));
    Ok(Identity {
        subject: text(["id", "sub"]).ok_or_else(errors::malformed)?,
        email: text(["mail", "email"])
            .or(sign_in)
            .map(|address| address.to_lowercase()),
        name: text(["displayName", "name"]),
        api_url: None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn mail_may_be_null() {
        let who = |body: &str| parse(body.as_bytes()).map(|who| (who.subject, who.email, who.name));
        let text = |text: &str| Some(text.to_owned());
        assert_eq!(
            who(r#"{"id":"48d31887","displayName":"Ada","mail":"Ada@Contoso.com","userPrincipalName":"ada@contoso.onmicrosoft.com"}"#).unwrap(),
            ("48d31887".to_owned(), text("ada@contoso.com"), text("Ada"))
        );
        assert_eq!(
            who(
                r#"{"id":"1","displayName":null,"mail":null,"userPrincipalName":"ada@outlook.com"}"#
            )
            .unwrap(),
            ("1".to_owned(), text("ada@outlook.com"), None)
        );
        assert_eq!(
            who(
                r#"{"id":"1","userPrincipalName":"bo_client.example#EXT#@contoso.onmicrosoft.com"}"#
            )
            .unwrap()
            .1,
            None
        );
        assert_eq!(
            who(r#"{"sub":"s","name":"Ada","email":"a@b.example"}"#)
                .unwrap()
                .0,
            "s"
        );
        for bad in ["{}", r#"{"id":""}"#, "[]", "<html>", r#"{"id":7}"#] {
            assert!(who(bad).is_err(), "{bad}");
        }
        let request = Me::request("https://graph.microsoft.com/v1.0/me").unwrap();
        assert_eq!(
            request.uri(),
            "https://graph.microsoft.com/v1.0/me?$select=id%2CdisplayName%2Cmail%2CuserPrincipalName"
        );
    }
}
